import QtQuick
import CodexBar

// A web address behind words. Only addresses with https are opened.
PressArea {
    id: root

    property string text: ""
    property string url: ""
    // What the words refer to, for those who do not see what stands beside them.
    property string what: ""

    accessibleName: what === "" ? text : text + ", " + what
    implicitHeight: Math.max(label.implicitHeight, visible ? Theme.metaSize * 1.6 : 0)
    implicitWidth: label.implicitWidth + Theme.gapTiny + mark.width
    visible: url.startsWith("https://")

    Accessible.role: Accessible.Link

    onClicked: Qt.openUrlExternally(url)

    Label {
        id: label

        anchors.left: parent.left
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.link
        font.pixelSize: Theme.metaSize
        font.underline: root.hovered || root.activeFocus || Theme.highContrast
        text: root.text
    }

    Icon {
        id: mark

        anchors.left: label.right
        anchors.leftMargin: Theme.gapTiny
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.link
        name: "external"
        size: Theme.metaSize
    }

    FocusRing {
        anchors.margins: -Theme.focusWidth
    }
}
