pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

PageScroll {
    id: root

    required property var advanced

    title: "Advanced"

    Banner {
        text: root.advanced.problem
        width: parent.width

        TextButton {
            text: "Open"

            onClicked: root.advanced.openConfig()
        }

        TextButton {
            text: "Restore defaults"
            visible: root.advanced.canRestore

            onClicked: root.advanced.restoreDefaults()
        }
    }

    Section {
        id: file

        title: "Config file"
        width: parent.width

        SettingRow {
            help: root.advanced.shadowedRemark
            label: root.advanced.configPath
            width: file.width

            TextButton {
                accessibleName: "Open the config file"
                implicitHeight: Metrics.fieldHeight
                text: "Open"

                onClicked: root.advanced.openConfig()
            }

            TextButton {
                accessibleName: "Show the config file in its folder"
                implicitHeight: Metrics.fieldHeight
                text: "Show in folder"

                onClicked: root.advanced.revealConfig()
            }
        }
    }

    FieldGroup {
        fields: root.advanced.storageFields
        title: "Storage"
        width: parent.width
    }

    Section {
        id: failures

        title: "Providers that could not be loaded"
        visible: root.advanced.failureCount > 0
        width: parent.width

        Repeater {
            model: root.advanced.failures

            SettingRow {
                required property string message
                required property string origin

                help: message
                label: origin
                width: failures.width
            }
        }
    }

    Section {
        id: plugins

        title: "Provider files that wait for you"
        visible: root.advanced.pluginCount > 0
        width: parent.width

        SettingRow {
            help: "A provider file runs with all your rights. Allow only files that you have read or whose author you trust."
            width: plugins.width
        }

        Repeater {
            model: root.advanced.plugins

            SettingRow {
                id: plugin

                required property string path
                required property string sha256
                required property string remark
                required property bool allowed

                help: remark
                label: path
                width: plugins.width

                TextButton {
                    accessibleName: "Allow " + plugin.path
                    implicitHeight: Metrics.fieldHeight
                    text: "Allow"
                    visible: !plugin.allowed

                    onClicked: root.advanced.approvePlugin(plugin.path, plugin.sha256)
                }
            }
        }
    }
}
