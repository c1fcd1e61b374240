import QtQuick
import QtQuick.Layouts
import CodexBar

// Who this is, how fresh the numbers are, and the two things done most: switch it, refresh it.
RowLayout {
    id: root

    required property var page

    spacing: Theme.gap

    ProviderIcon {
        Layout.preferredHeight: size
        Layout.preferredWidth: size
        name: root.page.icon
        size: Metrics.headerIconSize
    }

    ColumnLayout {
        Layout.fillWidth: true
        spacing: 2

        Label {
            Layout.fillWidth: true
            elide: Text.ElideRight
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            text: root.page.name

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: Accessible.Heading
        }

        Label {
            Layout.fillWidth: true
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            text: root.page.subtitle

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }

        Label {
            Layout.fillWidth: true
            color: Theme.muted
            elide: Text.ElideMiddle
            font.pixelSize: Theme.metaSize
            text: root.page.identity
            visible: text !== ""

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }
    }

    IconButton {
        enabled: root.page.enabled && !root.page.refreshing
        iconName: "refresh"
        opacity: root.page.enabled ? 1 : 0.5
        spinning: root.page.refreshing
        text: "Refresh " + root.page.name

        onClicked: root.page.refresh()
    }

    ToggleSwitch {
        accessibleName: root.page.name
        enabled: root.page.invalidEntry === ""
        on: root.page.enabled

        onAsked: on => root.page.turn(on)
    }
}
