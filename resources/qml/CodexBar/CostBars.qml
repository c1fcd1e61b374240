pragma ComponentBehavior: Bound
import QtQuick

// Bars that can be looked at one by one, with the pointer or with arrow keys. The highest has a tip.
Item {
    id: root

    required property var chart
    required property color color

    readonly property bool mirrored: LayoutMirroring.enabled
    readonly property real step: width / Math.max(1, chart.count)
    readonly property real barWidth: Math.max(Theme.hairline, Math.min(Theme.gapHuge, Math.floor(step) - (step >= 3 ? Theme.hairline : 0)))

    function placeAt(at: real): int {
        const place = Math.max(0, Math.min(chart.count - 1, Math.floor(at / step)));
        return mirrored ? chart.count - 1 - place : place;
    }

    function leftOf(place: int): real {
        return Math.round((mirrored ? chart.count - 1 - place : place) * step);
    }

    activeFocusOnTab: true
    implicitHeight: Theme.costChartHeight

    Accessible.focusable: true
    Accessible.name: chart.accessibleText
    Accessible.role: Accessible.Chart

    Keys.onLeftPressed: chart.step(mirrored ? 1 : -1)
    Keys.onRightPressed: chart.step(mirrored ? -1 : 1)

    Rectangle {
        border.color: Theme.outline
        border.width: Theme.highContrast ? Theme.hairline : 0
        color: Theme.track
        height: root.height
        opacity: Theme.highContrast ? 1 : 0.6
        visible: root.chart.selected >= 0
        width: root.barWidth
        x: root.leftOf(root.chart.selected)
    }

    Repeater {
        model: root.chart.bars

        Rectangle {
            id: bar

            required property int index
            required property real share
            required property bool isPeak
            required property string accessibleText

            anchors.bottom: parent?.bottom
            color: root.color
            height: share > 0 ? Math.max(Theme.focusWidth, Math.round(share * root.height)) : 0
            radius: width >= Theme.gapTiny ? Theme.hairline : 0
            width: root.barWidth
            x: root.leftOf(index)

            Accessible.name: accessibleText
            Accessible.role: Accessible.ListItem

            Rectangle {
                color: Theme.warning
                height: Theme.gapTiny
                radius: bar.radius
                visible: bar.isPeak
                width: bar.width
            }
        }
    }

    HoverHandler {
        onHoveredChanged: if (!hovered)
            root.chart.hover(-1)
        onPointChanged: if (hovered)
            root.chart.hover(root.placeAt(point.position.x))
    }

    TapHandler {
        onTapped: eventPoint => root.chart.pin(root.placeAt(eventPoint.position.x))
    }

    FocusRing {
        anchors.margins: -Theme.focusWidth
    }
}
