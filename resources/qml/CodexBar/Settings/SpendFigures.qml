pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// The big numbers side by side, as many as fit.
Flow {
    id: root

    required property var figures

    spacing: Theme.gapHuge

    Repeater {
        model: root.figures

        Column {
            id: figure

            required property string label
            required property string value

            spacing: Theme.gapTiny / 2
            width: Math.max(name.implicitWidth, number.implicitWidth, Metrics.figureWidth)

            Accessible.name: label + ", " + value
            Accessible.role: Accessible.StaticText

            Label {
                id: name

                color: Theme.muted
                font.pixelSize: Theme.metaSize
                text: figure.label
                width: figure.width
            }

            Label {
                id: number

                font.pixelSize: Metrics.figureSize
                font.weight: Theme.strong
                text: figure.value
                width: figure.width
            }
        }
    }
}
