import QtQuick

// Asks whether a browser may be read: one sentence, two answers.
Rectangle {
    id: root

    property string text: ""

    signal allowRequested
    signal putOffRequested

    border.color: Theme.highContrast ? Theme.text : Theme.divider
    border.width: Theme.hairline
    color: Theme.raised
    implicitHeight: column.height + 2 * Theme.gap
    radius: Theme.cardRadius

    Accessible.name: text
    Accessible.role: Accessible.Grouping

    Column {
        id: column

        anchors.left: parent.left
        anchors.margins: Theme.gap
        anchors.right: parent.right
        anchors.top: parent.top
        spacing: Theme.gapSmall

        Label {
            text: root.text
            width: column.width
            wrapMode: Text.Wrap

            Accessible.ignored: false
            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }

        Flow {
            spacing: Theme.gapSmall
            width: column.width

            TextButton {
                accessibleName: text + ". " + root.text
                primary: true
                text: qsTr("Allow")

                onClicked: root.allowRequested()
            }

            TextButton {
                accessibleName: text + ". " + root.text
                text: qsTr("Not now")

                onClicked: root.putOffRequested()
            }
        }
    }
}
