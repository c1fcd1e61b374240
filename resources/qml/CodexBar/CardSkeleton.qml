pragma ComponentBehavior: Bound
import QtQuick

// Two rows in their final geometry while the first answer is on its way; still, because nothing here is news.
Column {
    id: root

    spacing: Theme.gapLarge

    Accessible.name: qsTr("Loading")
    Accessible.role: Accessible.StaticText

    Repeater {
        model: 2

        Column {
            spacing: Theme.gapTiny

            Label {
                id: line

                text: " "
                width: root.width

                Rectangle {
                    anchors.left: parent.left
                    anchors.verticalCenter: parent.verticalCenter
                    border.color: Theme.outline
                    border.width: Theme.highContrast ? Theme.hairline : 0
                    color: Theme.track
                    height: Theme.metaSize
                    radius: Theme.gapTiny
                    width: Math.round(line.width * 0.34)
                }

                Rectangle {
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    border.color: Theme.outline
                    border.width: Theme.highContrast ? Theme.hairline : 0
                    color: Theme.track
                    height: Theme.metaSize
                    radius: Theme.gapTiny
                    width: Math.round(line.width * 0.24)
                }
            }

            Meter {
                value: 0
                width: root.width

                Accessible.ignored: true
            }
        }
    }
}
