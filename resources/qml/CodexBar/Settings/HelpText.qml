import QtQuick
import CodexBar

// What a control does, in the muted voice.
Label {
    color: Theme.muted
    font.pixelSize: Theme.metaSize
    lineHeight: 1.1
    visible: text !== ""
    wrapMode: Text.Wrap

    Accessible.ignored: false
    Accessible.name: text
    Accessible.role: Accessible.StaticText
}
