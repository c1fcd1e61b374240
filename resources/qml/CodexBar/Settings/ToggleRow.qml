import QtQuick

SettingRow {
    id: root

    required property var field

    error: field.error
    help: field.help
    label: field.label

    ToggleSwitch {
        accessibleName: root.field.label
        on: root.field.on

        onAsked: on => root.field.turn(on)
    }
}
