import QtQuick
import QtQuick.Layouts
import CodexBar

// One line of the ledger: what was read and for whom, what came of it; which file or entry, and when.
Item {
    id: root

    required property string title
    required property string item
    required property string result
    required property string timeText
    required property string accessibleText

    readonly property bool stacked: width - 3 * Theme.gapLarge - Math.max(resultText.implicitWidth, time.implicitWidth) < Metrics.leastLabelWidth

    implicitHeight: Math.max(Theme.settingRowHeight, grid.implicitHeight + 2 * Theme.gapSmall)

    Accessible.name: accessibleText
    Accessible.role: Accessible.ListItem

    Divider {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
        visible: root.y > 0
    }

    GridLayout {
        id: grid

        anchors.left: parent.left
        anchors.margins: Theme.gapLarge
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        columnSpacing: Theme.gapLarge
        columns: root.stacked ? 1 : 2
        rowSpacing: 2

        Label {
            Layout.fillWidth: true
            text: root.title
            wrapMode: Text.Wrap
        }

        Label {
            id: resultText

            Layout.alignment: root.stacked ? Qt.AlignLeft : Qt.AlignRight
            Layout.fillWidth: root.stacked
            text: root.result
            wrapMode: root.stacked ? Text.Wrap : Text.NoWrap
        }

        Label {
            Layout.fillWidth: true
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.item
            wrapMode: Text.WrapAnywhere
        }

        Label {
            id: time

            Layout.alignment: root.stacked ? Qt.AlignLeft : Qt.AlignRight | Qt.AlignTop
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.timeText
        }
    }
}
