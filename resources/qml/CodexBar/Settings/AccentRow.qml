import QtQuick
import CodexBar

// A colour as #RRGGBB with a sample of what is in force.
TextRow {
    id: root

    required property string sample

    inputWidth: Metrics.colorFieldWidth

    Rectangle {
        border.color: Theme.highContrast ? Theme.text : Theme.faint
        border.width: Theme.hairline
        color: root.sample
        implicitHeight: Metrics.fieldHeight
        implicitWidth: Metrics.fieldHeight
        radius: Theme.controlRadius

        Accessible.name: "Colour in use"
        Accessible.role: Accessible.Graphic
    }
}
