import QtQuick
import QtQuick.Layouts
import CodexBar

// What the last refresh said. Long texts open; the text can be copied.
Section {
    id: root

    required property var page
    property bool open: false
    property bool copied: false

    title: "Last error"
    visible: page.lastError !== ""

    Timer {
        id: confirmation

        interval: Theme.confirmDuration

        onTriggered: root.copied = false
    }

    RowLayout {
        spacing: Theme.gapSmall
        width: root.width

        Label {
            id: message

            Layout.bottomMargin: Theme.gap
            Layout.fillWidth: true
            Layout.leftMargin: Theme.gapLarge
            Layout.topMargin: Theme.gap
            color: Theme.danger
            elide: Text.ElideRight
            maximumLineCount: root.open ? 1000 : Metrics.errorLines
            text: root.page.lastError
            wrapMode: Text.Wrap

            Accessible.ignored: false

            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }

        TextButton {
            Layout.alignment: Qt.AlignTop
            Layout.topMargin: Theme.gapSmall
            text: root.open ? "Less" : "More"
            visible: root.open || message.truncated

            onClicked: root.open = !root.open
        }

        IconButton {
            Layout.alignment: Qt.AlignTop
            Layout.rightMargin: Theme.gapSmall
            Layout.topMargin: Theme.gapSmall
            color: root.copied ? Theme.ok : Theme.muted
            iconName: root.copied ? "check" : "copy"
            text: root.copied ? "Copied" : "Copy error"

            onClicked: {
                root.page.copyError();
                root.copied = true;
                confirmation.restart();
            }
        }
    }
}
