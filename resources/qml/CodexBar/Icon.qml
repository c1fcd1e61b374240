import QtQuick

// One of the app's own outline icons in one colour.
Image {
    id: root

    required property string name
    property color color: Theme.muted
    property int size: Theme.iconSize

    height: size
    source: root.name === "" ? "" : "image://icons/ui/" + root.name + "/" + root.color.toString().slice(-6)
    sourceSize: Qt.size(root.size * Screen.devicePixelRatio, root.size * Screen.devicePixelRatio)
    width: size

    Accessible.ignored: true
}
