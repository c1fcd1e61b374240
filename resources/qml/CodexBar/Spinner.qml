import QtQuick

// An open ring that turns; it stands still with reduced motion.
Icon {
    id: root

    property bool running: false

    name: "spinner"
    visible: running

    RotationAnimator on rotation {
        duration: Theme.spinDuration
        from: 0
        loops: Animation.Infinite
        running: root.running && root.visible && !Theme.reducedMotion
        to: 360
    }
}
