import QtQuick

// A thin line above everything: something is wrong with the app itself, or the numbers are made up.
Rectangle {
    id: root

    property string iconName: ""
    property bool important: false
    property string text: ""

    color: Theme.raised
    implicitHeight: label.implicitHeight + Theme.gapSmall

    Accessible.name: text
    Accessible.role: important ? Accessible.AlertMessage : Accessible.StaticText

    Icon {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.top: label.top
        anchors.topMargin: Theme.hairline
        color: root.important ? Theme.warning : Theme.muted
        name: root.iconName
        size: Theme.metaSize + Theme.stripHeight
        visible: root.iconName !== ""
    }

    Label {
        id: label

        anchors.left: mark.visible ? mark.right : parent.left
        anchors.leftMargin: mark.visible ? Theme.gapSmall : Theme.gapLarge
        anchors.right: parent.right
        anchors.rightMargin: Theme.gapLarge
        anchors.verticalCenter: parent.verticalCenter
        color: root.important ? Theme.text : Theme.muted
        elide: Text.ElideRight
        font.pixelSize: Theme.metaSize
        horizontalAlignment: root.important ? Text.AlignLeft : Text.AlignHCenter
        maximumLineCount: 5
        text: root.text
        wrapMode: Text.Wrap
    }
}
