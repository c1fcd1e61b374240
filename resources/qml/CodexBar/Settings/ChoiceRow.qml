import QtQuick
import QtQuick.Layouts

SettingRow {
    id: root

    required property var field

    error: field.error
    help: field.help
    label: field.label

    HelpText {
        text: root.field.beside
    }

    Picker {
        Layout.fillWidth: root.stacked
        Layout.maximumWidth: implicitWidth
        model: root.field.options
        name: root.field.label
        stored: root.field.index

        onAsked: index => root.field.choose(index)
    }
}
