import QtQuick
import QtQuick.Controls.Basic
import CodexBar

// What drops down from a picker.
Popup {
    id: root

    property var lines: null
    property int place: 0

    implicitHeight: Math.min(list.contentHeight + topPadding + bottomPadding, Metrics.popupHeight)
    padding: Theme.gapTiny

    background: Rectangle {
        border.color: Theme.highContrast ? Theme.text : Theme.faint
        border.width: Theme.hairline
        color: Theme.surface
        radius: Theme.controlRadius
    }
    contentItem: ListView {
        id: list

        boundsBehavior: Flickable.StopAtBounds
        clip: true
        currentIndex: root.place
        model: root.lines

        ScrollBar.vertical: SlimScrollBar {}
    }
}
