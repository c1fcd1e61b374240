import QtQuick
import QtQuick.Layouts
import CodexBar

// One sentence across the page, with what can be done about it.
Rectangle {
    id: root

    property string text: ""
    property color tint: Theme.danger
    property string iconName: "warning"
    property bool isAlert: true
    default property alias buttons: actions.data

    border.color: tint
    border.width: Theme.hairline
    color: Theme.raised
    implicitHeight: Math.max(Theme.settingRowHeight, line.implicitHeight + 2 * Theme.gapSmall)
    radius: Theme.cardRadius
    visible: text !== ""

    RowLayout {
        id: line

        anchors.left: parent.left
        anchors.margins: Theme.gap
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gapSmall

        Icon {
            Layout.preferredHeight: size
            Layout.preferredWidth: size
            color: root.tint
            name: root.iconName
        }

        Label {
            Layout.fillWidth: true
            text: root.text
            wrapMode: Text.Wrap

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: root.isAlert ? Accessible.AlertMessage : Accessible.StaticText
        }

        Row {
            id: actions

            spacing: Theme.gapSmall
        }
    }
}
