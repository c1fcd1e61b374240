import QtQuick
import CodexBar

// The popup's window. Python decides where it is and when; in window mode the platform draws a frame around it.
Window {
    id: root

    required property var popup
    property bool framed: false
    property bool opaque: false
    property int maximumContentHeight: Screen.height
    readonly property size wanted: Qt.size(content.implicitWidth, content.implicitHeight)

    // A framed window cannot be dragged larger. The limits give way before the size changes, and close in on it after:
    // a window manager cuts whatever goes beyond them.
    function fit(): void {
        if (framed) {
            minimumWidth = Math.min(minimumWidth, wanted.width);
            minimumHeight = Math.min(minimumHeight, wanted.height);
            maximumWidth = Math.max(maximumWidth, wanted.width);
            maximumHeight = Math.max(maximumHeight, wanted.height);
        }
        width = wanted.width;
        height = wanted.height;
        if (framed) {
            minimumWidth = maximumWidth = wanted.width;
            minimumHeight = maximumHeight = wanted.height;
        }
    }

    color: framed || opaque ? Theme.surface : "transparent"
    title: Application.displayName

    Component.onCompleted: fit()
    onWantedChanged: fit()

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
