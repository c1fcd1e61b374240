pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// Whether there is a newer version, and how it is looked for.
Section {
    id: root

    required property var about

    title: "Updates"

    SettingRow {
        help: root.about.detail
        label: root.about.title
        width: root.width

        Spinner {
            running: root.about.checking
        }

        LinkText {
            text: root.about.pageLabel
            url: root.about.page
        }

        TextButton {
            enabled: root.about.canCheck
            implicitHeight: Metrics.fieldHeight
            text: "Check now"
            visible: root.about.looks

            onClicked: root.about.check()
        }
    }

    Repeater {
        model: root.about.updateFields

        FieldRow {
            required property var modelData

            field: modelData
            width: root.width
        }
    }
}
