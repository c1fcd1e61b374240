import QtQuick

// What is always at hand, at the foot of the popup.
Column {
    id: root

    required property var popup

    bottomPadding: Theme.gapTiny
    topPadding: Theme.gapTiny

    ActionRow {
        hint: root.popup.refreshKeys
        iconName: "refresh"
        spinning: root.popup.refreshing
        text: qsTr("Refresh")
        visible: !root.popup.firstRun
        width: root.width

        onClicked: root.popup.refresh()
    }

    ActionRow {
        hint: root.popup.settingsKeys
        iconName: "settings"
        text: qsTr("Settings…")
        width: root.width

        onClicked: root.popup.openSettings()
    }

    ActionRow {
        hint: root.popup.quitKeys
        iconName: "quit"
        text: qsTr("Quit")
        width: root.width

        onClicked: root.popup.quit()
    }
}
