import QtQuick

// A button that is only an icon; `text` is what it is called for those who cannot see it.
PressArea {
    id: root

    property color color: Theme.muted
    property string iconName: ""
    property int iconSize: Theme.iconSize
    property bool spinning: false
    property string text: ""

    accessibleName: text
    opacity: enabled ? 1 : 0.5

    Rectangle {
        anchors.fill: parent
        border.color: Theme.outline
        border.width: root.hovered && Theme.highContrast ? Theme.hairline : 0
        color: root.pressed ? Theme.track : root.hovered ? Theme.raised : "transparent"
        radius: Theme.controlRadius
    }

    Icon {
        anchors.centerIn: parent
        color: root.color
        name: root.iconName
        size: root.iconSize
        visible: !root.spinning
    }

    Spinner {
        anchors.centerIn: parent
        color: root.color
        running: root.spinning
        size: root.iconSize
    }

    FocusRing {}
}
