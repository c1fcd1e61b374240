pragma ComponentBehavior: Bound
import QtQuick

// The provider switcher: one line that scrolls sideways and keeps the selected tab in view, with
// a part of its neighbours.
ListView {
    id: root

    signal selectRequested(int index)

    boundsBehavior: Flickable.StopAtBounds
    clip: true
    header: gap
    footer: gap
    highlightFollowsCurrentItem: true
    highlightMoveDuration: 0
    highlightRangeMode: ListView.ApplyRange
    implicitHeight: contentItem.childrenRect.height
    orientation: ListView.Horizontal
    preferredHighlightBegin: 2 * Theme.gapLarge
    preferredHighlightEnd: width - 2 * Theme.gapLarge
    spacing: Theme.stripHeight

    Accessible.name: qsTr("Providers")
    Accessible.role: Accessible.PageTabList

    delegate: Tab {
        required property int index

        selected: ListView.isCurrentItem

        onClicked: root.selectRequested(index)
    }

    WheelHandler {
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad
        orientation: Qt.Vertical
        property: ""

        onWheel: event => root.contentX = Math.max(root.originX, Math.min(root.originX + root.contentWidth - root.width, root.contentX - event.angleDelta.y))
    }

    Component {
        id: gap

        Item {
            width: Theme.gapSmall
        }
    }
}
