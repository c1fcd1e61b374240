import QtQuick

// A labelled button; `primary` fills it with the accent.
PressArea {
    id: root

    property bool primary: false
    property string text: ""

    accessibleName: text
    implicitWidth: label.implicitWidth + 2 * Theme.gap
    opacity: enabled ? 1 : 0.5

    Rectangle {
        anchors.fill: parent
        border.color: Theme.highContrast ? Theme.text : root.primary ? Theme.link : Theme.divider
        border.width: Theme.hairline
        color: root.primary ? Theme.link : root.hovered || root.pressed ? Theme.track : Theme.raised
        radius: Theme.controlRadius
    }

    Text {
        id: label

        anchors.centerIn: parent
        color: root.primary ? Theme.onAccent : Theme.text
        elide: Text.ElideRight
        font.pixelSize: Theme.bodySize
        horizontalAlignment: Text.AlignHCenter
        text: root.text
        textFormat: Text.PlainText
        width: Math.min(implicitWidth, root.width - 2 * Theme.gapSmall)

        Accessible.ignored: true
    }

    FocusRing {
        anchors.margins: -Theme.focusWidth
        radius: Theme.controlRadius + Theme.focusWidth
    }
}
