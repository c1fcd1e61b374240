pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import CodexBar

// The switch of the shared scope of an account and, while it is on, a line for each id with its complaint below.
ColumnLayout {
    id: root

    required property var field
    property string place: ""
    property bool on: false
    property var initial: []

    signal accepted

    function values() {
        const texts = [];
        for (let index = 0; index < lines.count; index++)
            texts.push((lines.itemAt(index) as AccountIdLine)?.text ?? "");
        return texts;
    }

    function reset() {
        on = false;
        for (let index = 0; index < lines.count; index++)
            (lines.itemAt(index) as AccountIdLine)?.clear();
    }

    spacing: Theme.gapTiny

    RowLayout {
        spacing: Theme.gapSmall

        ToggleSwitch {
            accessibleName: root.field.scopeLabel
            on: root.on

            onAsked: on => {
                root.on = on;
                root.field.forgive(root.place);
            }
        }

        Label {
            Layout.fillWidth: true
            text: root.field.scopeLabel
        }
    }

    Repeater {
        id: lines

        model: root.field.scopeFields

        AccountIdLine {
            required property int index
            required property string modelData

            Layout.fillWidth: true
            error: root.on && root.field.scopePlace === root.place ? root.field.scopeErrors[index] ?? "" : ""
            initial: root.initial[index] ?? ""
            name: modelData
            visible: root.on

            onAccepted: root.accepted()
        }
    }
}
