import QtQuick
import QtQuick.Controls.Basic as Basic
import CodexBar

// A page that scrolls, its column as wide as reads well; what has the focus is scrolled into view, and the page keys
// turn it.
Flickable {
    id: root

    objectName: "page"

    default property alias rows: column.data
    property string title: ""
    readonly property Item focused: Window.activeFocusItem

    function reveal(item: Item) {
        const top = item.mapToItem(column, 0, 0).y;
        const bottom = top + item.height + Theme.gapHuge;
        if (top - Theme.gapHuge < contentY)
            contentY = Math.max(0, top - Theme.gapHuge);
        else if (bottom > contentY + height)
            contentY = Math.min(Math.max(0, contentHeight - height), bottom - height + Theme.gapHuge);
    }

    // Long texts have nothing to step to: these keys move on by what is in view.
    function turn(key: int): bool {
        const pages = key === Qt.Key_PageDown ? 1 : key === Qt.Key_PageUp ? -1 : 0;
        contentY = Math.max(0, Math.min(contentHeight - height, contentY + pages * (height - Theme.settingRowHeight)));
        return pages !== 0;
    }

    function holds(item: Item): bool {
        for (let at = item; at !== null; at = at.parent) {
            if (at === column)
                return true;
        }
        return false;
    }

    acceptedButtons: Qt.NoButton
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    contentHeight: column.height + 2 * Theme.gapHuge
    contentWidth: width

    Accessible.name: title
    Accessible.role: Accessible.Pane

    Keys.onPressed: event => event.accepted = turn(event.key)
    onFocusedChanged: if (focused !== null && holds(focused))
        reveal(focused)

    Basic.ScrollBar.vertical: SlimScrollBar {}

    Column {
        id: column

        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.gapHuge
        width: Math.min(Theme.contentWidth, root.width - 2 * Theme.gapHuge)
        y: Theme.gapHuge

        Label {
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            text: root.title
            visible: text !== ""
            width: column.width

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: Accessible.Heading
        }
    }
}
