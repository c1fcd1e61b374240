import QtQuick
import CodexBar

// What is not in the numbers and why, and the way to take them elsewhere.
Section {
    id: root

    required property var spend

    title: "About these numbers"

    SettingRow {
        help: root.spend.notes
        visible: help !== ""
        width: root.width
    }

    SettingRow {
        help: root.spend.saved === "" ? "One line for each day and model, or what the command line gives." : root.spend.saved
        label: "Export"
        visible: root.spend.kind === "ready"
        width: root.width

        TextButton {
            accessibleName: "Export as CSV"
            implicitHeight: Metrics.fieldHeight
            text: "CSV…"

            onClicked: root.spend.exportCsv()
        }

        TextButton {
            accessibleName: "Export as JSON"
            implicitHeight: Metrics.fieldHeight
            text: "JSON…"

            onClicked: root.spend.exportJson()
        }
    }
}
