import QtQuick
import CodexBar

// The popup's window. Python decides where it is and when; in window mode the platform draws a frame around it.
Window {
    id: root

    required property var popup
    property bool framed: false
    property bool opaque: false
    property int maximumContentHeight: Screen.height

    color: framed || opaque ? Theme.surface : "transparent"
    height: content.implicitHeight
    title: Application.displayName
    width: content.implicitWidth

    // Sizes come from the content, not from the window: the window system confirms those later than the first frame.
    Rectangle {
        id: frame

        anchors.fill: content
        border.color: Theme.divider
        border.width: root.framed ? 0 : Theme.hairline
        color: Theme.surface
        radius: root.framed || root.opaque ? 0 : Theme.popupRadius
    }

    PopupContent {
        id: content

        cornerRadius: frame.radius
        height: implicitHeight
        maximumHeight: root.maximumContentHeight
        popup: root.popup
        settled: root.visible
        width: implicitWidth
    }
}
