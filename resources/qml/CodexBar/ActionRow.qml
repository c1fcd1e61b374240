import QtQuick

// One line of the menu below the card: icon, text, and a hint at the far side.
PressArea {
    id: root

    property string hint: ""
    property string iconName: ""
    property bool spinning: false
    property string text: ""
    property string trailingIcon: ""

    accessibleName: text

    Accessible.description: hint

    Rectangle {
        anchors.fill: parent
        anchors.leftMargin: Theme.gapSmall
        anchors.rightMargin: Theme.gapSmall
        border.color: Theme.outline
        border.width: root.hovered && Theme.highContrast ? Theme.hairline : 0
        color: root.pressed ? Theme.track : root.hovered ? Theme.raised : "transparent"
        radius: Theme.controlRadius

        FocusRing {
            visible: root.activeFocus
        }
    }

    Icon {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.verticalCenter: parent.verticalCenter
        name: root.iconName
        visible: !root.spinning
    }

    Spinner {
        anchors.centerIn: mark
        running: root.spinning
    }

    Label {
        anchors.left: mark.right
        anchors.leftMargin: Theme.gapSmall
        anchors.right: aside.left
        anchors.rightMargin: Theme.gapSmall
        anchors.verticalCenter: parent.verticalCenter
        elide: Text.ElideRight
        text: root.text
    }

    Row {
        id: aside

        anchors.right: parent.right
        anchors.rightMargin: Theme.gapLarge
        anchors.verticalCenter: parent.verticalCenter

        Label {
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.hint
        }

        Icon {
            name: root.trailingIcon
            size: Theme.metaSize
            visible: root.trailingIcon !== ""
        }
    }
}
