import QtQuick

// Two texts side by side. Either may hold a number, so they wrap where they do not fit and are never cut.
Item {
    id: root

    property string leftText: ""
    property color leftColor: Theme.text
    property string rightText: ""
    property color rightColor: Theme.muted
    property int size: Theme.bodySize

    implicitHeight: Math.max(left.implicitHeight, right.implicitHeight)

    Label {
        id: left

        anchors.left: parent.left
        anchors.right: right.left
        anchors.rightMargin: Theme.gapSmall
        color: root.leftColor
        font.pixelSize: root.size
        text: root.leftText
        wrapMode: Text.Wrap
    }

    Label {
        id: right

        anchors.right: parent.right
        color: root.rightColor
        font.pixelSize: root.size
        horizontalAlignment: Text.AlignRight
        text: root.rightText
        wrapMode: Text.Wrap
        width: Math.min(implicitWidth, root.width * (root.leftText === "" ? 1 : 0.7))
    }
}
