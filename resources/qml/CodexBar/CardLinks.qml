import QtQuick

// The pages that belong to the provider on show.
Column {
    id: root

    required property var card
    property bool hidden: false

    signal dashboardRequested
    signal statusPageRequested

    bottomPadding: visible ? Theme.gapTiny : 0
    visible: !hidden && (card.hasDashboard || card.hasStatusPage)

    Divider {
        width: root.width
    }

    Item {
        height: Theme.gapTiny
        width: root.width
    }

    ActionRow {
        iconName: "dashboard"
        text: qsTr("Usage dashboard")
        trailingIcon: "external"
        visible: root.card.hasDashboard
        width: root.width

        onClicked: root.dashboardRequested()
    }

    ActionRow {
        iconName: "status"
        text: qsTr("Status page")
        trailingIcon: "external"
        visible: root.card.hasStatusPage
        width: root.width

        onClicked: root.statusPageRequested()
    }
}
