import QtQuick
import CodexBar

// A session that is kept for a provider, and the way to be rid of it.
SettingRow {
    id: root

    required property string providerId
    required property string name
    required property string detail
    required property bool busy

    signal forgetRequested(string id)

    help: detail
    label: name

    Spinner {
        running: root.busy
    }

    TextButton {
        accessibleName: "Forget the session of " + root.name
        enabled: !root.busy
        implicitHeight: Metrics.fieldHeight
        text: "Forget"

        onClicked: root.forgetRequested(root.providerId)
    }
}
