pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// Everything inside the settings window.
Rectangle {
    id: root

    required property var settings

    color: Theme.surface

    LayoutMirroring.childrenInherit: true
    LayoutMirroring.enabled: Application.layoutDirection === Qt.RightToLeft

    Sidebar {
        id: sidebar

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.top: parent.top
        settings: root.settings
        width: Theme.sidebarWidth
    }

    Divider {
        id: edge

        anchors.bottom: parent.bottom
        anchors.left: sidebar.right
        anchors.top: parent.top
    }

    Banner {
        id: banner

        anchors.left: edge.right
        anchors.leftMargin: Theme.gapHuge
        anchors.right: parent.right
        anchors.rightMargin: Theme.gapHuge
        anchors.top: parent.top
        anchors.topMargin: Theme.gap
        text: root.settings.banner

        IconButton {
            iconName: "close"
            text: "Dismiss"

            onClicked: root.settings.dismissBanner()
        }
    }

    Loader {
        anchors.bottom: parent.bottom
        anchors.left: edge.right
        anchors.right: parent.right
        anchors.top: banner.visible ? banner.bottom : parent.top
        sourceComponent: ({
                about: about,
                advanced: advanced,
                general: general,
                privacy: privacy,
                spend: spend
            })[root.settings.pane] ?? null
    }

    // A list of one, so that another provider gets a page of its own and nothing half typed comes along.
    Repeater {
        model: root.settings.page === null ? [] : [root.settings.page]

        ProviderPane {
            required property var modelData

            anchors.bottom: parent?.bottom
            anchors.left: edge.right
            anchors.right: parent?.right
            anchors.top: banner.visible ? banner.bottom : parent?.top
            page: modelData
        }
    }

    Component {
        id: general

        GeneralPane {
            general: root.settings.general
        }
    }

    Component {
        id: spend

        SpendPane {
            spend: root.settings.spend
        }
    }

    Component {
        id: privacy

        PrivacyPane {
            privacy: root.settings.privacy
        }
    }

    Component {
        id: advanced

        AdvancedPane {
            advanced: root.settings.advanced
        }
    }

    Component {
        id: about

        AboutPane {
            about: root.settings.about
        }
    }
}
