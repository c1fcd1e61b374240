import QtQuick

// Shown while no provider is on.
Column {
    id: root

    readonly property real inner: width - 2 * Theme.gapLarge

    signal settingsRequested

    bottomPadding: Theme.gapHuge
    leftPadding: Theme.gapLarge
    spacing: Theme.gap
    topPadding: Theme.gapLarge

    Label {
        font.pixelSize: Theme.titleSize
        font.weight: Theme.strong
        text: qsTr("No provider is on yet")
        width: root.inner
        wrapMode: Text.Wrap

        Accessible.ignored: false
        Accessible.name: text
        Accessible.role: Accessible.Heading
    }

    Label {
        color: Theme.muted
        text: qsTr("Turn on the services you use. What is left of each plan then shows up here.")
        width: root.inner
        wrapMode: Text.Wrap

        Accessible.ignored: false
        Accessible.name: text
        Accessible.role: Accessible.StaticText
    }

    TextButton {
        primary: true
        text: qsTr("Open settings")

        onClicked: root.settingsRequested()
    }
}
