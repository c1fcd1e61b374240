import QtQuick
import QtQuick.Layouts
import CodexBar

// Label and help on the left, the control on the right, a complaint below it. Wide controls let the help run below
// both; where the label would get too little room the control goes below it.
Item {
    id: root

    property string label: ""
    property string help: ""
    property string error: ""
    property string link: ""
    property bool strongLabel: false
    property bool wideControl: false
    default property alias control: slot.data
    readonly property bool stacked: width - slot.implicitWidth - 3 * Theme.gapLarge < Metrics.leastLabelWidth

    implicitHeight: Math.max(Theme.settingRowHeight, grid.implicitHeight + 2 * Theme.gapSmall)
    implicitWidth: Theme.contentWidth

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
        columns: 2
        rowSpacing: Theme.gapTiny

        ColumnLayout {
            Layout.column: 0
            Layout.columnSpan: root.stacked ? 2 : 1
            Layout.fillWidth: true
            Layout.row: 0
            spacing: 2
            visible: root.label !== "" || beside.visible

            Label {
                Layout.fillWidth: true
                font.weight: root.strongLabel ? Theme.strong : Font.Normal
                text: root.label
                visible: text !== ""
                wrapMode: Text.Wrap

                Accessible.ignored: false
                Accessible.name: text
                Accessible.role: Accessible.StaticText
            }

            HelpText {
                id: beside

                Layout.fillWidth: true
                text: root.wideControl ? "" : root.help
            }
        }

        RowLayout {
            id: slot

            Layout.alignment: (root.stacked ? Qt.AlignLeft : Qt.AlignRight) | Qt.AlignVCenter
            Layout.column: root.stacked ? 0 : 1
            Layout.columnSpan: root.stacked ? 2 : 1
            Layout.fillWidth: root.stacked
            Layout.row: root.stacked ? 1 : 0
            spacing: Theme.gapSmall
        }

        ErrorText {
            Layout.column: root.stacked ? 0 : 1
            Layout.columnSpan: root.stacked ? 2 : 1
            Layout.fillWidth: root.stacked
            Layout.preferredWidth: Math.max(slot.implicitWidth, Metrics.fieldWidth)
            Layout.row: 2
            text: root.error
        }

        HelpText {
            Layout.column: 0
            Layout.columnSpan: 2
            Layout.fillWidth: true
            Layout.row: 3
            text: root.wideControl ? root.help : ""
        }

        LinkText {
            Layout.column: 0
            Layout.columnSpan: 2
            Layout.row: 4
            text: "Get one"
            url: root.link
            what: root.label
        }
    }
}
