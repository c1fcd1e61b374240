import QtQuick
import CodexBar

// One pane in the sidebar.
PressArea {
    id: root

    required property string iconName
    required property string text
    required property bool selected

    accessibleName: text
    implicitHeight: Metrics.lineHeight

    Accessible.role: Accessible.PageTab
    Accessible.selected: selected

    Rectangle {
        anchors.fill: parent
        border.color: Theme.outline
        border.width: root.selected && Theme.highContrast ? Theme.focusWidth : 0
        color: root.selected ? Theme.track : root.hovered ? Theme.surface : "transparent"
        radius: Theme.controlRadius
    }

    Icon {
        id: icon

        anchors.left: parent.left
        anchors.leftMargin: Theme.gapSmall
        anchors.verticalCenter: parent.verticalCenter
        color: root.selected ? Theme.text : Theme.muted
        name: root.iconName
    }

    Label {
        anchors.left: icon.right
        anchors.leftMargin: Theme.gapSmall
        anchors.right: parent.right
        anchors.rightMargin: Theme.gapSmall
        anchors.verticalCenter: parent.verticalCenter
        elide: Text.ElideRight
        text: root.text
    }

    FocusRing {}
}
