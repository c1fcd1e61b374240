import QtQuick
import CodexBar

// A button that is one word, for the inside of a field.
PressArea {
    id: root

    property string text: ""

    accessibleName: text
    implicitHeight: Theme.hitSize
    implicitWidth: label.implicitWidth

    Label {
        id: label

        anchors.verticalCenter: parent.verticalCenter
        color: Theme.link
        font.pixelSize: Theme.metaSize
        font.underline: root.hovered || Theme.highContrast
        text: root.text
    }

    FocusRing {
        anchors.margins: Theme.focusWidth
    }
}
