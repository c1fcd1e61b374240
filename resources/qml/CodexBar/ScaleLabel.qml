import QtQuick

// A value on the scale beside a chart.
Label {
    color: Theme.muted
    font.pixelSize: Theme.metaSize
    horizontalAlignment: Text.AlignRight
}
