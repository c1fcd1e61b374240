import QtQuick

// Lies around its parent; taps never take the focus, so it shows for the keyboard only.
Rectangle {
    anchors.fill: parent
    border.color: Theme.focusRing
    border.width: Theme.focusWidth
    color: "transparent"
    radius: Theme.controlRadius
    visible: parent?.activeFocus ?? false
}
