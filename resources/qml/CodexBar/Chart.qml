pragma ComponentBehavior: Bound
import QtQuick

// A small chart of at most 120 values, `shares` being heights from 0 to 1. The peak is named, the ends are labelled.
Column {
    id: root

    required property string title
    required property string peakText
    required property string firstLabel
    required property string lastLabel
    required property string accessibleText
    required property list<real> shares
    required property bool isLine
    required property color color

    spacing: Theme.gapTiny
    topPadding: Theme.gapTiny

    Accessible.name: accessibleText
    Accessible.role: Accessible.Chart

    PairLine {
        leftColor: Theme.muted
        leftText: root.title
        rightText: qsTr("max %1").arg(root.peakText)
        size: Theme.metaSize
        width: root.width
    }

    Item {
        height: Theme.chartHeight
        width: root.width

        Divider {
            anchors.bottom: parent.bottom
            width: parent.width
        }

        Loader {
            anchors.fill: parent
            sourceComponent: root.isLine ? line : bars
        }
    }

    PairLine {
        leftColor: Theme.faint
        leftText: root.firstLabel
        rightColor: Theme.faint
        rightText: root.lastLabel
        size: Theme.metaSize
        visible: root.firstLabel !== "" || root.lastLabel !== ""
        width: root.width
    }

    Component {
        id: bars

        BarChart {
            color: root.color
            shares: root.shares
        }
    }

    Component {
        id: line

        LineChart {
            color: root.color
            shares: root.shares
        }
    }
}
