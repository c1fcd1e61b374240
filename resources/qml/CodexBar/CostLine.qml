import QtQuick

// A line about cost; it takes no room while there is nothing to say.
Label {
    visible: text !== ""
    wrapMode: Text.Wrap

    Accessible.ignored: false
    Accessible.name: text
    Accessible.role: Accessible.StaticText
}
