pragma ComponentBehavior: Bound
import QtQuick

// A line through the values, the newest at the end. Made of strokes: Shape ignores clipping in the software renderer.
Item {
    id: root

    required property list<real> shares
    required property color color

    readonly property real step: (mirrored ? -1 : 1) * width / Math.max(1, shares.length - 1)
    readonly property bool mirrored: LayoutMirroring.enabled

    function heightOf(share: real): real {
        return (1 - share) * (height - Theme.lineWidth);
    }

    Repeater {
        model: Math.max(0, root.shares.length - 1)

        Rectangle {
            required property int index
            readonly property real rise: root.heightOf(root.shares[index + 1]) - root.heightOf(root.shares[index])

            antialiasing: true
            color: root.color
            height: Theme.lineWidth
            radius: height / 2
            rotation: Math.atan2(rise, root.step) * 180 / Math.PI
            transformOrigin: Item.Left
            width: Math.hypot(rise, root.step) + Theme.lineWidth / 2
            x: (root.mirrored ? root.width : 0) + index * root.step
            y: root.heightOf(root.shares[index])
        }
    }
}
