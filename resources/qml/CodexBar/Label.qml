import QtQuick

// Plain text in the system font with digits of one width. Its surroundings say what is spoken.
Text {
    color: Theme.text
    font.features: Theme.digits
    font.pixelSize: Theme.bodySize
    // Said aloud so that mirroring turns it round; by itself Latin text would stay on the left.
    horizontalAlignment: Text.AlignLeft
    textFormat: Text.PlainText

    Accessible.ignored: true
}
