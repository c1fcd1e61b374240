import QtQuick
import CodexBar

// How far the first reading of the logs is.
SectionBody {
    id: root

    required property var spend

    Label {
        text: "Reading the logs for the first time"
        width: parent.width
        wrapMode: Text.Wrap

        Accessible.ignored: false
        Accessible.name: text
        Accessible.role: Accessible.StaticText
    }

    Meter {
        value: Math.max(0, root.spend.progress)
        visible: root.spend.progress >= 0
        width: parent.width

        Accessible.name: root.spend.progressText
    }

    HelpText {
        text: root.spend.progressText
        width: parent.width
    }
}
