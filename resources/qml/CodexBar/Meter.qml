import QtQuick

// A capsule bar. `value` is the filled part in percent, `animated` moves it to a new value.
Item {
    id: root

    required property real value
    property color color: Theme.link
    property bool muted: false
    property bool animated: false
    readonly property real minimumValue: 0
    readonly property real maximumValue: 100

    implicitHeight: Theme.barHeight
    implicitWidth: Theme.popupWidth - 2 * Theme.gapLarge

    Accessible.role: Accessible.ProgressBar

    Rectangle {
        anchors.fill: parent
        border.color: Theme.outline
        border.width: Theme.highContrast ? Theme.hairline : 0
        color: Theme.track
        radius: height / 2
    }

    // The clip keeps the rounded end inside the capsule even when the fill is narrower than it is high.
    Item {
        id: window

        property real shown: root.value

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.top: parent.top
        clip: true
        width: Math.round(root.width * Math.max(0, Math.min(100, shown)) / 100)

        Behavior on shown {
            enabled: root.animated && !Theme.reducedMotion

            NumberAnimation {
                duration: Theme.barDuration
                easing.type: Easing.OutCubic
            }
        }

        Rectangle {
            anchors.bottom: parent.bottom
            anchors.left: parent.left
            anchors.top: parent.top
            color: root.muted ? Theme.faint : root.color
            radius: height / 2
            width: root.width
        }
    }
}
