pragma ComponentBehavior: Bound
import QtQuick

// A few words of which one is chosen. It shows what is stored: a press only asks.
Row {
    id: root

    required property list<string> labels
    required property int current
    required property string name

    signal asked(int index)

    spacing: Theme.gapTiny

    Accessible.name: name
    Accessible.role: Accessible.Grouping

    Repeater {
        model: root.labels

        PressArea {
            id: word

            required property int index
            required property string modelData
            readonly property bool chosen: index === root.current

            accessibleName: root.name + ", " + modelData
            implicitWidth: Math.max(Theme.hitSize, label.implicitWidth + 2 * Theme.gapSmall)

            Accessible.checkable: true
            Accessible.checked: chosen
            Accessible.role: Accessible.RadioButton

            onClicked: root.asked(index)

            Rectangle {
                anchors.fill: parent
                anchors.topMargin: Theme.stripHeight
                anchors.bottomMargin: Theme.stripHeight
                border.color: word.chosen ? (Theme.highContrast ? Theme.text : Theme.faint) : Theme.outline
                border.width: word.chosen && Theme.highContrast ? Theme.focusWidth : Theme.hairline
                color: word.chosen || word.hovered ? Theme.track : "transparent"
                radius: Theme.controlRadius
            }

            Label {
                id: label

                anchors.centerIn: parent
                color: word.chosen ? Theme.text : Theme.muted
                font.pixelSize: Theme.metaSize
                font.weight: word.chosen ? Theme.strong : Font.Normal
                text: word.modelData
            }

            FocusRing {}
        }
    }
}
