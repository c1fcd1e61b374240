import QtQuick

// Scrolls its content when there is more than fits; a thin mark at the edge says where one is.
Flickable {
    id: root

    boundsBehavior: Flickable.StopAtBounds
    clip: interactive
    contentWidth: width
    interactive: contentHeight > height

    readonly property Item focused: Window.activeFocusItem

    onFocusedChanged: if (focused && holds(focused))
        reveal(focused)

    function holds(item: Item): bool {
        return item === contentItem || (item.parent !== null && holds(item.parent));
    }

    function reveal(item: Item): void {
        const top = item.mapToItem(contentItem, 0, 0).y;
        contentY = Math.max(0, Math.min(contentHeight - height, Math.max(top + item.height + Theme.gap - height, Math.min(contentY, top - Theme.gap))));
    }

    Rectangle {
        anchors.right: parent?.right
        anchors.rightMargin: Theme.stripHeight
        color: Theme.faint
        height: root.visibleArea.heightRatio * root.height
        parent: root
        radius: width / 2
        visible: root.interactive
        width: Theme.gapTiny
        y: root.visibleArea.yPosition * root.height
    }
}
