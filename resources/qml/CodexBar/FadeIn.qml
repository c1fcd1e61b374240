import QtQuick

// For what appears while someone looks; what is there from the start does not fade.
NumberAnimation {
    duration: Theme.fadeDuration
    from: 0
    property: "opacity"
    to: 1
}
