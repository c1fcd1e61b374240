import QtQuick
import QtQuick.Controls.Basic
import CodexBar

// A scroll bar that shows where one is without taking room.
ScrollBar {
    id: root

    padding: 2

    contentItem: Rectangle {
        color: root.pressed ? Theme.muted : Theme.faint
        implicitHeight: Metrics.scrollEdge
        implicitWidth: 6
        opacity: root.size < 1 && (root.active || root.hovered) ? 1 : root.size < 1 ? 0.4 : 0
        radius: width / 2
    }
}
