pragma ComponentBehavior: Bound
import QtQuick

// One line of a card's detail part: a heading, a labelled value with an optional thin bar, or a chart.
Item {
    id: root

    property bool animated: false
    property color barColor: Theme.link
    property bool stale: false

    required property string kind
    required property string label
    required property string valueText
    required property string secondaryText
    required property string firstLabel
    required property string lastLabel
    required property string accessibleText
    required property real meter
    required property list<real> shares
    required property bool isLine
    required property int index

    implicitHeight: kind === "title" ? title.height : kind === "line" ? line.height : chart.height

    Accessible.ignored: kind === "chart"
    Accessible.name: kind === "title" ? label : accessibleText
    Accessible.role: kind === "title" ? Accessible.Heading : Accessible.StaticText

    Label {
        id: title

        elide: Text.ElideRight
        font.weight: Theme.strong
        text: root.label
        topPadding: root.index > 0 ? Theme.gapTiny : 0
        visible: root.kind === "title"
        width: root.width
    }

    Column {
        id: line

        spacing: Theme.gapTiny
        visible: root.kind === "line"
        width: root.width

        PairLine {
            leftColor: Theme.muted
            leftText: root.label
            rightColor: Theme.text
            rightText: root.valueText
            width: root.width
        }

        Meter {
            animated: root.animated
            color: root.barColor
            implicitHeight: Theme.thinBarHeight
            muted: root.stale
            value: Math.max(0, root.meter)
            visible: root.meter >= 0
            width: root.width

            Accessible.name: root.accessibleText
        }

        Label {
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            text: root.secondaryText
            visible: root.secondaryText !== ""
            width: root.width
        }
    }

    Loader {
        id: chart

        active: root.kind === "chart"
        width: root.width

        sourceComponent: Chart {
            accessibleText: root.accessibleText
            color: root.stale ? Theme.faint : root.barColor
            firstLabel: root.firstLabel
            isLine: root.isLine
            lastLabel: root.lastLabel
            peakText: root.valueText
            shares: root.shares
            title: root.label
        }
    }
}
