import QtQuick
import QtQuick.Layouts
import CodexBar

// The cookie source, and below it the session that is kept with the button that takes a new one.
Column {
    id: root

    required property var field

    width: parent?.width ?? 0

    SettingRow {
        error: root.field.error
        help: root.field.help
        label: root.field.label
        width: root.width

        Picker {
            Layout.fillWidth: root.width < Metrics.fieldWidth
            Layout.maximumWidth: implicitWidth
            model: root.field.options
            name: root.field.label
            stored: root.field.index

            onAsked: index => root.field.choose(index)
        }
    }

    SettingRow {
        help: root.field.failed ? "" : root.field.message
        label: root.field.beside === "" ? "No session is kept yet" : root.field.beside
        visible: root.field.canImport
        width: root.width

        Spinner {
            running: root.field.importing
        }

        TextButton {
            accessibleName: text + ", " + root.field.label
            enabled: !root.field.importing
            implicitHeight: Metrics.fieldHeight
            text: "Import now"

            onClicked: root.field.importNow()
        }
    }

    ErrorText {
        bottomPadding: Theme.gapSmall
        text: root.field.failed ? root.field.message : ""
        width: root.width - 2 * Theme.gapLarge
        x: Theme.gapLarge
    }

    SettingRow {
        help: root.field.beside
        visible: !root.field.canImport && root.field.beside !== ""
        width: root.width
    }
}
