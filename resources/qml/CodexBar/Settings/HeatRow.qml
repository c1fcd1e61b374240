pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// One weekday of the heat map.
Row {
    id: root

    required property int index
    required property string label
    required property list<int> levels
    property real cell: 0
    property color color: Theme.link
    property int selectedHour: -1

    Label {
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        text: root.label
        width: Metrics.weekdayWidth
    }

    Repeater {
        model: root.levels

        Item {
            id: hour

            required property int index
            required property int modelData
            readonly property int side: Math.round((root.cell - Theme.focusWidth) * (modelData > 0 ? 0.25 + 0.75 * modelData / 4 : 0.25))

            height: root.cell
            width: root.cell

            Rectangle {
                anchors.centerIn: parent
                border.color: Theme.outline
                border.width: Theme.highContrast && hour.modelData === 0 ? Theme.hairline : 0
                color: hour.modelData > 0 ? root.color : Theme.track
                height: hour.side
                radius: Theme.focusWidth
                width: hour.side
            }

            Rectangle {
                anchors.fill: parent
                border.color: Theme.text
                border.width: Theme.hairline
                color: "transparent"
                radius: Theme.focusWidth
                visible: hour.index === root.selectedHour
            }
        }
    }
}
