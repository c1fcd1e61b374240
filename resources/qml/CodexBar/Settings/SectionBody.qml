import QtQuick
import CodexBar

// Room inside a section for what is no row of controls.
Column {
    id: root

    default property alias rows: inner.data

    bottomPadding: Theme.gap
    leftPadding: Theme.gapLarge
    rightPadding: Theme.gapLarge
    topPadding: Theme.gap

    Column {
        id: inner

        spacing: Theme.gap
        width: root.width - 2 * Theme.gapLarge
    }
}
