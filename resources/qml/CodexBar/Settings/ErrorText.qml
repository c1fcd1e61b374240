import QtQuick
import CodexBar

// Why something was not saved.
Label {
    color: Theme.danger
    font.pixelSize: Theme.metaSize
    visible: text !== ""
    wrapMode: Text.Wrap

    Accessible.ignored: false
    Accessible.name: text
    Accessible.role: Accessible.AlertMessage
}
