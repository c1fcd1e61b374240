pragma ComponentBehavior: Bound
import QtQuick

// Where the selected tab leads to.
Column {
    id: root

    required property var popup

    Divider {
        visible: spend.visible
        width: root.width
    }

    ActionRow {
        id: spend

        iconName: "dashboard"
        text: qsTr("Usage & Spend")
        trailingIcon: mirrored ? "chevron-left" : "chevron-right"
        visible: root.popup.spendShown
        width: root.width

        onClicked: root.popup.openSpend()

        readonly property bool mirrored: LayoutMirroring.enabled
    }

    Repeater {
        model: root.popup.cards

        CardLinks {
            required property int index

            // Cards of one provider share their pages.
            hidden: index > 0
            width: root.width

            onDashboardRequested: root.popup.openDashboard()
            onStatusPageRequested: root.popup.openStatusPage()
        }
    }
}
