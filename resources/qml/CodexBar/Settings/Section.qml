import QtQuick
import CodexBar

// A heading over a card of rows. Rows draw the line above themselves.
Column {
    id: root

    property string title: ""
    default property alias rows: content.data

    spacing: Theme.gapSmall

    Label {
        font.weight: Theme.strong
        text: root.title
        visible: text !== ""
        width: root.width

        Accessible.ignored: false

        Accessible.name: text

        Accessible.role: Accessible.Heading
    }

    Rectangle {
        border.color: Theme.highContrast ? Theme.text : Theme.divider
        border.width: Theme.hairline
        color: Theme.raised
        height: content.height
        radius: Theme.cardRadius
        width: root.width

        Column {
            id: content

            width: parent.width
        }
    }
}
