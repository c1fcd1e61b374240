pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// A week by hours. More use is a larger square, so that it reads without colour; arrows or the pointer look at an hour.
SectionBody {
    id: root

    required property var heat
    required property color color

    readonly property bool mirrored: LayoutMirroring.enabled
    readonly property real cell: Math.floor((width - 2 * Theme.gapLarge - Metrics.weekdayWidth) / 24)

    Item {
        id: grid

        activeFocusOnTab: true
        height: 7 * root.cell
        width: parent.width

        function look(at: point): void {
            const place = Math.floor(((root.mirrored ? width - at.x : at.x) - Metrics.weekdayWidth) / root.cell);
            if (place >= 0 && place < 24)
                root.heat.look(Math.floor(at.y / root.cell), place);
        }

        Accessible.focusable: true
        Accessible.name: root.heat.text
        Accessible.role: Accessible.Chart

        Keys.onDownPressed: root.heat.step(1, 0)
        Keys.onLeftPressed: root.heat.step(0, root.mirrored ? 1 : -1)
        Keys.onRightPressed: root.heat.step(0, root.mirrored ? -1 : 1)
        Keys.onUpPressed: root.heat.step(-1, 0)

        Column {
            Repeater {
                model: root.heat.rows

                HeatRow {
                    cell: root.cell
                    color: root.color
                    selectedHour: root.heat.day === index ? root.heat.hour : -1
                    width: grid.width
                }
            }
        }

        HoverHandler {
            onPointChanged: if (hovered)
                grid.look(point.position)
        }

        FocusRing {
            anchors.margins: -Theme.focusWidth
        }
    }

    Row {
        leftPadding: root.mirrored ? 0 : Metrics.weekdayWidth
        rightPadding: root.mirrored ? Metrics.weekdayWidth : 0
        width: parent.width

        PairLine {
            leftColor: Theme.muted
            leftText: "00:00"
            rightColor: Theme.muted
            rightText: "24:00"
            size: Theme.metaSize
            width: 24 * root.cell
        }
    }

    Label {
        font.pixelSize: Theme.metaSize
        text: root.heat.text
        width: parent.width
        wrapMode: Text.Wrap
    }
}
