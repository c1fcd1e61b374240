pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// The parts of an account: a switch for each, and a button that asks which there are.
Column {
    id: root

    required property var field

    bottomPadding: Theme.gapTiny
    width: parent?.width ?? 0

    SettingRow {
        error: root.field.error
        help: root.field.message === "" ? root.field.help : root.field.message
        label: root.field.label
        width: root.width

        IconButton {
            enabled: !root.field.searching
            iconName: "refresh"
            spinning: root.field.searching
            text: "Refresh " + root.field.label.toLowerCase()

            onClicked: root.field.find()
        }
    }

    Repeater {
        model: root.field.rows

        ScopeLine {
            id: line

            width: root.width

            onAsked: on => root.field.turn(line.scopeId, on)
        }
    }
}
