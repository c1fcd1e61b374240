import QtQuick
import CodexBar
import CodexBar.Settings

Window {
    id: root

    required property var settings

    color: Theme.surface
    height: Math.min(Metrics.windowHeight, Screen.desktopAvailableHeight)
    minimumHeight: Metrics.windowMinimumHeight
    minimumWidth: Metrics.windowMinimumWidth
    title: qsTr("Settings")
    width: Math.min(Metrics.windowWidth, Screen.desktopAvailableWidth)

    Shortcut {
        sequences: [StandardKey.Close]

        onActivated: root.close()
    }

    // What has the focus lets go of it, so that a half-finished line is saved or refused before the window is gone.
    onClosing: view.forceActiveFocus()

    SettingsView {
        id: view

        anchors.fill: parent
        focus: true
        settings: root.settings

        // Fields take Esc first, to bring back what was there.
        Keys.onEscapePressed: root.close()
    }
}
