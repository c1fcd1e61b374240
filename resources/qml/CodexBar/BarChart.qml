pragma ComponentBehavior: Bound
import QtQuick

// Bars on whole pixels, the newest at the end.
Item {
    id: root

    required property list<real> shares
    required property color color

    readonly property real step: width / Math.max(1, shares.length)
    readonly property real barWidth: Math.max(Theme.hairline, Math.min(Theme.gapLarge, Math.floor(step) - (step >= 3 ? Theme.hairline : 0)))

    Repeater {
        model: root.shares

        Rectangle {
            required property int index
            required property real modelData

            anchors.bottom: parent?.bottom
            color: root.color
            height: modelData > 0 ? Math.max(Theme.hairline, Math.round(modelData * root.height)) : 0
            radius: width >= Theme.gapTiny ? Theme.hairline : 0
            width: root.barWidth
            x: Math.round((root.LayoutMirroring.enabled ? root.shares.length - 1 - index : index) * root.step)
        }
    }
}
