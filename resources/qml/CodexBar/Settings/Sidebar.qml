pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import CodexBar

// Search, the panes, then every provider.
Rectangle {
    id: root

    required property var settings

    color: Theme.raised
    implicitWidth: Theme.sidebarWidth

    ColumnLayout {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.margins: Theme.gap
        anchors.right: parent.right
        anchors.top: parent.top
        spacing: Theme.gapSmall

        SearchField {
            id: search

            Layout.fillWidth: true

            Keys.onDownPressed: list.forceActiveFocus(Qt.TabFocusReason)
            onAccepted: if (list.count > 0)
                list.choose(0)
            onTextChanged: root.settings.providers.search(text)
        }

        Column {
            Layout.fillWidth: true
            spacing: 2

            Accessible.role: Accessible.PageTabList

            Repeater {
                id: panes

                model: [
                    {
                        name: "general",
                        icon: "general",
                        label: "General"
                    },
                    {
                        name: "spend",
                        icon: "spend",
                        label: "Usage & Spend"
                    },
                    {
                        name: "privacy",
                        icon: "privacy",
                        label: "Privacy"
                    },
                    {
                        name: "advanced",
                        icon: "settings",
                        label: "Advanced"
                    },
                    {
                        name: "about",
                        icon: "info",
                        label: "About"
                    }
                ]

                NavItem {
                    required property int index
                    required property var modelData

                    iconName: modelData.icon
                    selected: root.settings.pane === modelData.name
                    text: modelData.label
                    width: parent?.width ?? 0

                    Keys.onDownPressed: (index + 1 < panes.count ? panes.itemAt(index + 1) : list).forceActiveFocus(Qt.TabFocusReason)
                    Keys.onUpPressed: (index > 0 ? panes.itemAt(index - 1) : search).forceActiveFocus(Qt.BacktabFocusReason)
                    onClicked: root.settings.showPane(modelData.name)
                }
            }
        }

        RowLayout {
            Layout.leftMargin: Theme.gapSmall
            Layout.rightMargin: Theme.gapSmall
            Layout.topMargin: Theme.gapTiny

            Label {
                Layout.fillWidth: true
                font.pixelSize: Theme.metaSize
                font.weight: Theme.strong
                text: "Providers"

                Accessible.ignored: false

                Accessible.name: text
                Accessible.role: Accessible.Heading
            }

            Label {
                color: Theme.muted
                font.pixelSize: Theme.metaSize
                text: root.settings.providers.enabledCount + " on"

                Accessible.ignored: false

                Accessible.name: text
                Accessible.role: Accessible.StaticText
            }
        }

        SidebarList {
            id: list

            Layout.fillHeight: true
            Layout.fillWidth: true
            settings: root.settings

            onLeftAtTop: panes.itemAt(panes.count - 1).forceActiveFocus(Qt.BacktabFocusReason)

            Label {
                color: Theme.muted
                font.pixelSize: Theme.metaSize
                text: "No provider has this name."
                visible: list.count === 0
                x: Theme.gapSmall
                y: Theme.gapSmall
            }
        }
    }
}
