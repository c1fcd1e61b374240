pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// The kinds of tokens as one bar, then each by name: the order is the same, so that no colour is needed to read it.
SectionBody {
    id: root

    required property var mix
    readonly property list<color> tints: [Theme.link, Theme.ok, Theme.warning, Theme.faint, Theme.text]

    Row {
        id: bar

        height: 2 * Theme.barHeight
        spacing: Theme.focusWidth
        width: parent.width

        Accessible.ignored: true

        Repeater {
            id: parts

            model: root.mix

            Rectangle {
                required property int place
                required property real share

                border.color: Theme.outline
                border.width: Theme.highContrast ? Theme.hairline : 0
                color: root.tints[place]
                height: bar.height
                radius: Theme.focusWidth
                width: Math.max(Theme.focusWidth, Math.round((bar.width - (parts.count - 1) * bar.spacing - parts.count * Theme.focusWidth) * share + Theme.focusWidth))
            }
        }
    }

    Flow {
        spacing: Theme.gapLarge
        width: parent.width

        Repeater {
            model: root.mix

            Row {
                id: part

                required property int place
                required property string label
                required property string tokenText
                required property string percentText

                spacing: Theme.gapSmall

                Accessible.name: label + ", " + percentText + ", " + tokenText + " tokens"
                Accessible.role: Accessible.ListItem

                Rectangle {
                    anchors.verticalCenter: parent.verticalCenter
                    border.color: Theme.outline
                    border.width: Theme.highContrast ? Theme.hairline : 0
                    color: root.tints[part.place]
                    height: Metrics.dotSize
                    radius: Theme.focusWidth
                    width: Metrics.dotSize
                }

                Label {
                    text: part.label + " " + part.percentText
                }

                Label {
                    color: Theme.muted
                    text: part.tokenText
                }
            }
        }
    }
}
