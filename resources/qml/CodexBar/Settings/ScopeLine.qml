import QtQuick
import QtQuick.Layouts
import CodexBar

// One part of an account: what it is called, the role in it, its switch.
Item {
    id: root

    required property string scopeId
    required property string title
    required property string subtitle
    required property bool on
    required property bool locked

    signal asked(bool on)

    implicitHeight: Math.max(Metrics.lineHeight, texts.implicitHeight + Theme.gapSmall)

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.gapLarge
        anchors.rightMargin: Theme.gapLarge
        spacing: Theme.gapLarge

        ColumnLayout {
            id: texts

            Layout.fillWidth: true
            spacing: 2

            Label {
                Layout.fillWidth: true
                elide: Text.ElideMiddle
                text: root.title

                Accessible.ignored: false

                Accessible.name: text
                Accessible.role: Accessible.StaticText
            }

            HelpText {
                Layout.fillWidth: true
                elide: Text.ElideRight
                maximumLineCount: 1
                text: root.subtitle
            }
        }

        ToggleSwitch {
            accessibleName: root.subtitle === "" ? root.title : root.title + ", " + root.subtitle
            enabled: !root.locked
            on: root.on

            onAsked: on => root.asked(on)
        }
    }
}
