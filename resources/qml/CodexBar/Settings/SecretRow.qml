import QtQuick
import QtQuick.Layouts
import CodexBar

// A credential: never shown, saved on Enter and when the field loses the focus, then gone from here.
SettingRow {
    id: root

    required property var field
    property int longest: 32767

    // What a person typed or pasted, "" when it was taken back; not said when it leaves because it is saved.
    signal edited(string text)

    function save() {
        // Assigned, not cleared: only that forgets the history, so that Undo cannot bring a pasted secret back.
        if (field.save(input.text))
            input.text = "";
    }

    error: field.error
    help: field.help
    label: field.label
    link: field.link
    wideControl: true

    LineField {
        id: input

        Layout.fillWidth: root.stacked
        Layout.maximumWidth: implicitWidth
        endPadding: marks.width + 2 * Theme.gapSmall
        echoMode: TextInput.Password
        inputMethodHints: Qt.ImhHiddenText | Qt.ImhSensitiveData | Qt.ImhNoPredictiveText | Qt.ImhNoAutoUppercase
        invalid: root.field.error !== ""
        maximumLength: root.longest
        placeholderText: root.field.placeholder
        placeholderTextColor: root.field.inForce ? Theme.text : Theme.faint

        Accessible.description: root.field.inForce ? root.field.placeholder : ""
        Accessible.name: root.field.label
        Accessible.passwordEdit: true

        Keys.onEscapePressed: event => {
            event.accepted = text !== "";
            text = "";
            root.edited("");
        }
        onTextEdited: root.edited(text)
        onEditingFinished: if (text !== "")
            root.save()

        RowLayout {
            id: marks

            anchors.right: parent.right
            anchors.rightMargin: Theme.gapSmall
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.gapSmall
            visible: input.text === ""

            Icon {
                Layout.preferredHeight: size
                Layout.preferredWidth: size
                color: Theme.ok
                name: "check"
                visible: root.field.inForce
            }

            WordButton {
                accessibleName: text + ", " + root.field.label
                text: "Clear"
                visible: root.field.stored

                onClicked: root.field.clear()
            }
        }
    }
}
