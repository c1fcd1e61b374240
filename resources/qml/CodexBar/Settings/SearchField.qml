import QtQuick
import CodexBar

// Filters the list below it; Esc empties it.
LineField {
    id: root

    beginPadding: icon.width + 2 * Theme.gapSmall
    placeholderText: "Search providers"

    Accessible.name: "Search providers"
    Accessible.searchEdit: true

    Keys.onEscapePressed: event => {
        event.accepted = text !== "";
        clear();
    }

    Icon {
        id: icon

        anchors.left: parent.left
        anchors.leftMargin: Theme.gapSmall
        anchors.verticalCenter: parent.verticalCenter
        name: "search"
    }
}
