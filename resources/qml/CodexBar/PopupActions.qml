import QtQuick

// What is always at hand, at the foot of the popup.
Column {
    id: root

    required property var popup

    bottomPadding: Theme.gapTiny
    topPadding: Theme.gapTiny

    ActionRow {
        iconName: "update"
        text: root.popup.updates.updateText
        trailingIcon: "external"
        visible: text !== ""
        width: root.width

        onClicked: root.popup.openRelease()
    }

    ActionRow {
        iconName: "info"
        text: root.popup.updates.newsText
        visible: text !== ""
        width: root.width

        onClicked: root.popup.openNews()
    }

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
