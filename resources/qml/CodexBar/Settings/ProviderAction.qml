import QtQuick
import QtQuick.Layouts
import CodexBar

// A button that does something, and beside it what it says.
Item {
    id: root

    required property var action

    implicitHeight: Math.max(Theme.settingRowHeight, line.implicitHeight + 2 * Theme.gapSmall)

    Divider {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
        visible: root.y > 0
    }

    RowLayout {
        id: line

        anchors.left: parent.left
        anchors.margins: Theme.gapLarge
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gap

        TextButton {
            enabled: !root.action.running
            implicitHeight: Metrics.fieldHeight
            text: root.action.label

            onClicked: root.action.run()
        }

        Spinner {
            Layout.preferredHeight: size
            Layout.preferredWidth: size
            running: root.action.running
        }

        Label {
            Layout.fillWidth: true
            color: root.action.failed ? Theme.danger : Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.action.message
            wrapMode: Text.Wrap

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }
    }
}
