pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// The page of one provider, made from what it declares.
PageScroll {
    id: root

    required property var page

    Accessible.name: page.name

    ProviderHeader {
        page: root.page
        width: parent.width
    }

    Banner {
        text: root.page.invalidEntry
        width: parent.width
    }

    LastError {
        page: root.page
        width: parent.width
    }

    Section {
        id: usage

        title: "Usage"
        visible: root.page.rowCount > 0 || (root.page.enabled && root.page.placeholder !== "")
        width: parent.width

        Repeater {
            model: root.page.rows

            UsageRow {
                barColor: root.page.barColor
                stale: root.page.stale
                width: usage.width
            }
        }

        SettingRow {
            help: root.page.placeholder
            visible: root.page.rowCount === 0
            width: usage.width
        }
    }

    Banner {
        iconName: "privacy"
        isAlert: false
        text: root.page.consent
        tint: Theme.link
        width: parent.width

        TextButton {
            accessibleName: text + ". " + root.page.consent
            text: "Allow"

            onClicked: root.page.allowBrowser()
        }
    }

    FieldGroup {
        fields: root.page.fields
        title: "Connection"
        width: parent.width
    }

    Section {
        id: actions

        title: "Actions"
        visible: root.page.actions.length > 0
        width: parent.width

        Repeater {
            model: root.page.actions

            ProviderAction {
                required property var modelData

                action: modelData
                width: actions.width
            }
        }
    }

    Section {
        id: look

        title: "Look"
        width: parent.width

        AccentRow {
            field: root.page.accent
            sample: root.page.sample
            width: look.width
        }
    }

    Flow {
        spacing: Theme.gapLarge
        visible: root.page.links.length > 0
        width: parent.width

        Repeater {
            model: root.page.links

            LinkText {
                required property var modelData

                text: modelData.label
                url: modelData.url
                what: root.page.name
            }
        }
    }
}
