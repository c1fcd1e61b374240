pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import CodexBar

// The providers: one stop for Tab, arrows walk, Alt with arrows moves a line, dragging too.
ListView {
    id: root

    required property var settings
    readonly property var providers: settings.providers

    signal leftAtTop

    function choose(line: int) {
        currentIndex = line;
        const item = itemAtIndex(line) as ProviderLine;
        if (item !== null)
            settings.showProvider(item.providerId);
    }

    function shift(step: int) {
        const target = currentIndex + step;
        if (!providers.sortable || target < 0 || target >= count)
            return;
        providers.move(currentIndex, target);
        currentIndex = target;
    }

    // A pulled line follows the pointer; at the edges the list comes along.
    function pull(line: int, listY: real) {
        if (listY < contentY + Metrics.scrollEdge)
            contentY = Math.max(originY, contentY - Theme.gapSmall);
        else if (listY > contentY + height - Metrics.scrollEdge)
            contentY = Math.max(originY, Math.min(originY + contentHeight - height, contentY + Theme.gapSmall));
        const target = indexAt(1, Math.max(originY, Math.min(originY + contentHeight - 1, listY)));
        if (target >= 0 && target !== line)
            providers.drag(line, target);
    }

    function follow() {
        currentIndex = providers.place(settings.providerId);
    }

    acceptedButtons: Qt.NoButton
    activeFocusOnTab: true
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    keyNavigationEnabled: false
    model: providers.rows

    Accessible.name: "Providers"
    Accessible.role: Accessible.List

    Component.onCompleted: follow()
    Keys.onDownPressed: event => {
        if (event.modifiers & Qt.AltModifier)
            shift(1);
        else if (currentIndex < count - 1)
            choose(currentIndex + 1);
    }
    Keys.onReturnPressed: if (currentIndex >= 0)
        choose(currentIndex)
    Keys.onSpacePressed: if (currentIndex >= 0)
        choose(currentIndex)
    Keys.onUpPressed: event => {
        if (event.modifiers & Qt.AltModifier)
            shift(-1);
        else if (currentIndex > 0)
            choose(currentIndex - 1);
        else
            leftAtTop();
    }
    onActiveFocusChanged: if (activeFocus && currentIndex < 0 && count > 0)
        currentIndex = 0

    ScrollBar.vertical: SlimScrollBar {
        id: bar
    }
    delegate: ProviderLine {
        id: line

        current: root.activeFocus && ListView.isCurrentItem
        selected: providerId === root.settings.providerId
        sortable: root.providers.sortable
        // Beside the bar while there is one: the marks at the lines' ends stay to be seen.
        width: (ListView.view?.width ?? 0) - (bar.size < 1 ? bar.width : 0)

        onChosen: root.choose(line.index)
        onDropped: root.providers.drop()
        onPulled: listY => root.pull(line.index, listY)
    }

    Connections {
        target: root.settings

        function onPaneChanged() {
            root.follow();
        }
    }
}
