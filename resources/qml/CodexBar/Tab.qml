import QtQuick

// One provider in the switcher: icon, name, and a strip that shows how much is left.
PressArea {
    id: root

    property bool selected: false

    required property string label
    required property string icon
    required property string iconFolder
    required property string accessibleText
    required property color barColor
    required property real strip
    required property bool failed

    accessibleName: accessibleText
    activeFocusOnTab: selected
    implicitHeight: Theme.tabIconSize + caption.implicitHeight + Theme.stripHeight + 5 * Theme.gapTiny
    implicitWidth: Math.max(Theme.tabWidth, Math.min(Theme.tabWidthMax, caption.implicitWidth + 2 * Theme.gapSmall))

    Accessible.role: Accessible.PageTab
    Accessible.selectable: true
    Accessible.selected: selected

    Rectangle {
        id: ground

        anchors.bottomMargin: Theme.gapTiny
        anchors.fill: parent
        anchors.topMargin: Theme.gapTiny
        border.color: root.selected ? Theme.divider : Theme.outline
        border.width: root.selected ? Theme.hairline : 0
        color: root.selected || root.hovered ? Theme.raised : "transparent"
        radius: Theme.gapSmall

        ProviderIcon {
            id: mark

            anchors.horizontalCenter: parent.horizontalCenter
            anchors.top: parent.top
            anchors.topMargin: Theme.gapTiny
            color: root.selected ? Theme.text : Theme.muted
            folder: root.iconFolder
            name: root.icon
        }

        Icon {
            anchors.left: mark.right
            anchors.leftMargin: -Theme.gapTiny
            anchors.top: mark.top
            color: Theme.danger
            name: root.failed ? "warning" : ""
            size: Theme.badgeSize
            visible: root.failed
        }

        Label {
            id: caption

            anchors.horizontalCenter: parent.horizontalCenter
            anchors.top: mark.bottom
            color: root.selected ? Theme.text : Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            text: root.label
            width: Math.min(implicitWidth, root.width - Theme.gapSmall)
        }

        Meter {
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.gapTiny
            anchors.left: parent.left
            anchors.leftMargin: Theme.gapSmall
            anchors.right: parent.right
            anchors.rightMargin: Theme.gapSmall
            color: root.barColor
            height: Theme.stripHeight
            muted: root.failed
            value: Math.max(0, root.strip)
            visible: root.strip >= 0

            Accessible.ignored: true
        }
    }

    FocusRing {
        anchors.bottomMargin: Theme.gapTiny
        anchors.topMargin: Theme.gapTiny
        radius: Theme.gapSmall
    }
}
