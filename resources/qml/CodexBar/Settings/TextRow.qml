import QtQuick
import QtQuick.Layouts

// A line that is saved on Enter and when it loses the focus; Esc brings the stored text back.
SettingRow {
    id: root

    required property var field
    property alias inputWidth: input.implicitWidth
    property bool draft: false

    function save() {
        draft = !field.commit(input.text);
    }

    error: field.error
    help: field.help
    label: field.label
    wideControl: true

    Connections {
        target: root.field

        function onValueChanged() {
            if (!root.draft)
                input.text = root.field.value;
        }
    }

    LineField {
        id: input

        Layout.fillWidth: root.stacked
        Layout.maximumWidth: implicitWidth
        invalid: root.field.error !== ""
        placeholderText: root.field.placeholder
        text: root.field.value

        Accessible.name: root.field.label

        Keys.onEscapePressed: event => {
            event.accepted = root.draft;
            text = root.field.value;
            root.draft = false;
            root.field.edit(text);
        }
        onEditingFinished: if (root.draft)
            root.save()
        onTextEdited: {
            root.draft = true;
            root.field.edit(text);
        }
    }
}
