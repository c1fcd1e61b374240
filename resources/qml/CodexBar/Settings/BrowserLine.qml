import QtQuick
import CodexBar

// A browser: what its switch means now, in words too.
SettingRow {
    id: root

    required label
    required property string browserId
    required property string stateText
    required property string meaning
    required property bool allowed

    signal asked(string id, bool allowed)

    help: meaning

    Label {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        text: root.stateText
    }

    ToggleSwitch {
        accessibleName: root.label + ", " + root.stateText
        on: root.allowed

        onAsked: on => root.asked(root.browserId, on)
    }
}
