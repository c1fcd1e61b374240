import QtQuick
import QtQuick.Layouts
import CodexBar

// A browser session by hand: a header or a whole cURL command. What is in it is told by names, never shown.
Column {
    id: root

    required property var field

    bottomPadding: found.visible ? Theme.gapSmall : 0
    width: parent?.width ?? 0

    SecretRow {
        field: root.field
        longest: root.field.longest
        width: root.width

        onEdited: text => root.field.examine(text)
    }

    RowLayout {
        id: found

        spacing: Theme.gapTiny
        visible: root.field.found !== ""
        width: root.width - 2 * Theme.gapLarge
        x: Theme.gapLarge

        Icon {
            Layout.alignment: Qt.AlignTop
            Layout.preferredHeight: size
            Layout.preferredWidth: size
            color: Theme.ok
            name: "check"
        }

        HelpText {
            Layout.fillWidth: true
            color: Theme.text
            text: root.field.found
        }
    }
}
