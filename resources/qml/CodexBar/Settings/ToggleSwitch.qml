import QtQuick
import CodexBar

// A switch. It shows what is stored: a press only asks, `on` follows when the change is made.
PressArea {
    id: root

    required property bool on
    readonly property color tint: on ? Theme.onAccent : Theme.faint

    signal asked(bool on)

    implicitHeight: Theme.hitSize
    implicitWidth: Metrics.switchWidth
    opacity: enabled ? 1 : 0.5

    Accessible.checkable: true
    Accessible.checked: on
    Accessible.role: Accessible.CheckBox
    Accessible.onToggleAction: asked(!on)

    onClicked: asked(!on)

    Rectangle {
        anchors.centerIn: parent
        border.color: root.on && !Theme.highContrast ? Theme.link : Theme.highContrast ? Theme.text : Theme.faint
        border.width: Theme.hairline
        color: root.on ? Theme.link : Theme.surface
        height: Metrics.switchHeight
        radius: height / 2
        width: Metrics.switchWidth

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            color: root.tint
            height: Metrics.knobSize
            radius: height / 2
            width: height
            x: (root.on !== root.mirrored) ? parent.width - width - Theme.gapTiny : Theme.gapTiny

            Behavior on x {
                NumberAnimation {
                    duration: Theme.fadeDuration
                    easing.type: Easing.OutCubic
                }
            }
        }

        FocusRing {
            anchors.margins: -2 * Theme.focusWidth
            radius: height / 2
            visible: root.activeFocus
        }
    }

    readonly property bool mirrored: LayoutMirroring.enabled
}
