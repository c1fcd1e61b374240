import QtQuick
import QtQuick.Layouts
import CodexBar

// An id that belongs to an account, named by its placeholder, with its complaint below.
ColumnLayout {
    id: root

    required property string name
    property string error: ""
    property string initial: ""
    readonly property alias text: input.text

    signal accepted

    function clear() {
        input.clear();
    }

    spacing: 2

    RowLayout {
        spacing: Theme.gapSmall

        Label {
            Layout.preferredWidth: Metrics.leastLabelWidth
            color: Theme.muted
            text: root.name
        }

        LineField {
            id: input

            Layout.fillWidth: true
            inputMethodHints: Qt.ImhNoPredictiveText | Qt.ImhNoAutoUppercase
            invalid: root.error !== ""
            text: root.initial

            Accessible.name: root.name

            onAccepted: root.accepted()
        }
    }

    ErrorText {
        Layout.fillWidth: true
        Layout.leftMargin: Metrics.leastLabelWidth + Theme.gapSmall
        text: root.error
    }
}
