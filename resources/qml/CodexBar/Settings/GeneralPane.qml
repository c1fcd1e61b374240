import QtQuick

PageScroll {
    id: root

    required property var general

    title: "General"

    FieldGroup {
        fields: root.general.refreshFields
        title: "Refresh"
        width: parent.width
    }

    FieldGroup {
        fields: root.general.displayFields
        title: "Display"
        width: parent.width
    }

    FieldGroup {
        fields: root.general.costFields
        title: "Cost"
        width: parent.width
    }

    FieldGroup {
        fields: root.general.systemFields
        title: "System"
        width: parent.width
    }
}
