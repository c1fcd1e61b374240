pragma ComponentBehavior: Bound
import QtQuick

// The cost history: bars over a scale, then the bar that is looked at with its models, then the sum.
Column {
    id: root

    required property var chart
    required property color color
    property string title: qsTr("History")
    readonly property real lineHeight: Math.ceil(probe.implicitHeight)
    readonly property real scaleWidth: Math.ceil(Math.max(top.implicitWidth, middle.implicitWidth, bottom.implicitWidth))

    spacing: Theme.gapTiny

    Item {
        height: unit.height
        width: root.width

        Label {
            id: probe

            anchors.left: parent.left
            anchors.right: unit.left
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            text: root.title
        }

        SegmentedChoice {
            id: unit

            anchors.right: parent.right
            current: root.chart.unit
            labels: root.chart.units
            name: qsTr("Chart shows")

            onAsked: index => root.chart.choose(index)
        }
    }

    Item {
        height: Theme.costChartHeight + root.lineHeight
        width: root.width

        Repeater {
            model: 3

            Divider {
                required property int index

                anchors.left: bars.left
                anchors.right: bars.right
                y: bars.y + Math.round(index * (bars.height - height) / 2)
            }
        }

        ScaleLabel {
            id: top

            anchors.left: parent.left
            text: root.chart.scale[2]
            width: root.scaleWidth
            y: bars.y - height / 2
        }

        ScaleLabel {
            id: middle

            anchors.left: parent.left
            text: root.chart.scale[1]
            width: root.scaleWidth
            y: bars.y + (bars.height - height) / 2
        }

        ScaleLabel {
            id: bottom

            anchors.left: parent.left
            text: root.chart.scale[0]
            width: root.scaleWidth
            y: bars.y + bars.height - height / 2
        }

        CostBars {
            id: bars

            anchors.left: parent.left
            anchors.leftMargin: root.scaleWidth + Theme.gapSmall
            anchors.right: parent.right
            chart: root.chart
            color: root.color
            height: Theme.costChartHeight
            y: Math.round(root.lineHeight / 2)
        }
    }

    PairLine {
        anchors.right: parent.right
        leftColor: Theme.muted
        leftText: root.chart.firstLabel
        rightColor: Theme.muted
        rightText: root.chart.lastLabel
        size: Theme.metaSize
        width: root.width - root.scaleWidth - Theme.gapSmall
    }

    // As high as the day with most models needs, so that nothing moves while one looks along the bars.
    Column {
        height: root.lineHeight * (root.chart.lines + 1) + Theme.gapTiny
        topPadding: Theme.gapTiny
        width: root.width

        PairLine {
            leftText: root.chart.selectedLabel
            rightColor: Theme.text
            rightText: root.chart.selectedValue
            size: Theme.metaSize
            width: root.width
        }

        Repeater {
            model: root.chart.selectedModels

            Label {
                required property string modelData

                color: Theme.muted
                elide: Text.ElideMiddle
                font.pixelSize: Theme.metaSize
                text: modelData
                width: root.width
            }
        }
    }

    Label {
        font.pixelSize: Theme.metaSize
        text: root.chart.totalText
        width: root.width
        wrapMode: Text.Wrap

        Accessible.ignored: false
        Accessible.name: text
        Accessible.role: Accessible.StaticText
    }
}
