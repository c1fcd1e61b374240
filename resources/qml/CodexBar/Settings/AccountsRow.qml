pragma ComponentBehavior: Bound
import QtQuick

// Several accounts: choose one, remove one, add one.
Column {
    id: root

    required property var field

    width: parent?.width ?? 0

    SettingRow {
        help: root.field.help === "" && root.field.count === 0 ? "Add a name and a token for each account. The selected one is used." : root.field.help
        label: root.field.label
        width: root.width
    }

    Repeater {
        model: root.field.rows

        AccountLine {
            field: root.field
            width: root.width

            onRemoved: id => root.field.remove(id)
            onSelectedHere: id => root.field.select(id)
        }
    }

    AccountAdd {
        field: root.field
        width: root.width
    }
}
