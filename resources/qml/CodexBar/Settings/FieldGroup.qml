pragma ComponentBehavior: Bound
import QtQuick

// A section made of generated controls.
Section {
    id: root

    required property var fields

    visible: fields.length > 0

    Repeater {
        model: root.fields

        FieldRow {
            required property var modelData

            field: modelData
            width: root.width
        }
    }
}
