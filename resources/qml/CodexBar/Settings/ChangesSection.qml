import QtQuick
import CodexBar

// What is new in this version, as the changelog says it; it holds no links.
Section {
    id: root

    property string changes: ""

    visible: changes !== ""

    Item {
        implicitHeight: text.implicitHeight + 2 * Theme.gap
        width: root.width

        Text {
            id: text

            anchors.left: parent.left
            anchors.leftMargin: Theme.gapLarge
            anchors.right: parent.right
            anchors.rightMargin: Theme.gapLarge
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.text
            font.pixelSize: Theme.bodySize
            horizontalAlignment: Text.AlignLeft
            text: root.changes
            textFormat: Text.MarkdownText
            wrapMode: Text.Wrap

            Accessible.ignored: false
            Accessible.name: root.changes
            Accessible.role: Accessible.StaticText
        }
    }
}
