import QtQuick

// The mark of a provider in one colour; the first letter of its id stands in when there is no drawing. `folder` "ui"
// takes one of the app's own icons.
Image {
    id: root

    required property string name
    property string folder: "providers"
    property color color: Theme.text
    property int size: Theme.tabIconSize

    height: size
    source: root.name === "" ? "" : "image://icons/" + root.folder + "/" + root.name + "/" + root.color.toString().slice(-6)
    sourceSize: Qt.size(root.size * Screen.devicePixelRatio, root.size * Screen.devicePixelRatio)
    width: size

    Accessible.ignored: true
}
