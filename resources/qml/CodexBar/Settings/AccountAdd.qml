import QtQuick
import QtQuick.Layouts
import CodexBar

// The line that adds an account. The token leaves the field as soon as it is stored.
Item {
    id: root

    required property var field

    function add() {
        if (!field.add(label.text, token.text, scope.on, scope.values()))
            return;
        label.clear();
        // Assigned, not cleared: only that forgets the history, so that Undo cannot bring a pasted token back.
        token.text = "";
        scope.reset();
    }

    implicitHeight: column.implicitHeight + Theme.gapTiny + Theme.gap

    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
        anchors.rightMargin: Theme.gapLarge
        anchors.top: parent.top
        anchors.topMargin: Theme.gapTiny
        spacing: Theme.gapTiny

        RowLayout {
            spacing: Theme.gapSmall

            LineField {
                id: label

                Layout.fillWidth: true
                Layout.preferredWidth: 1
                placeholderText: "Name"

                Accessible.name: "Name of the new account"

                onAccepted: root.add()
            }

            LineField {
                id: token

                Layout.fillWidth: true
                Layout.preferredWidth: 2
                echoMode: TextInput.Password
                inputMethodHints: Qt.ImhHiddenText | Qt.ImhSensitiveData | Qt.ImhNoPredictiveText
                invalid: root.field.error !== ""
                placeholderText: root.field.placeholder === "" ? "Token" : root.field.placeholder

                Accessible.name: "Token of the new account"
                Accessible.passwordEdit: true

                onAccepted: root.add()
            }

            TextButton {
                enabled: label.text.trim() !== "" || token.text.trim() !== ""
                implicitHeight: Metrics.fieldHeight
                text: "Add"

                onClicked: root.add()
            }
        }

        ErrorText {
            Layout.fillWidth: true
            text: root.field.error
        }

        AccountScope {
            id: scope

            Layout.fillWidth: true
            field: root.field
            visible: root.field.scopeLabel !== ""

            onAccepted: root.add()
        }
    }
}
