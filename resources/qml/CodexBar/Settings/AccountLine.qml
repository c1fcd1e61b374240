import QtQuick
import QtQuick.Layouts
import CodexBar

// One account: a press selects it; removing asks once more.
Item {
    id: root

    required property string id
    required property string label
    required property bool selected
    property bool asking: false

    signal removed(string id)
    signal selectedHere(string id)

    implicitHeight: Metrics.lineHeight

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.gapLarge - Theme.gapTiny
        anchors.rightMargin: Theme.gapLarge
        spacing: Theme.gapSmall

        PressArea {
            id: choice

            Layout.fillWidth: true
            accessibleName: root.label
            implicitHeight: Theme.hitSize

            Accessible.checkable: true
            Accessible.checked: root.selected
            Accessible.role: Accessible.RadioButton

            onClicked: root.selectedHere(root.id)

            Rectangle {
                id: mark

                anchors.left: parent.left
                anchors.leftMargin: Theme.gapTiny
                anchors.verticalCenter: parent.verticalCenter
                border.color: root.selected ? Theme.link : Theme.faint
                border.width: root.selected ? height / 3 : Theme.hairline
                color: root.selected ? Theme.onAccent : Theme.surface
                height: Theme.iconSize
                radius: height / 2
                width: height
            }

            Label {
                anchors.left: mark.right
                anchors.leftMargin: Theme.gapSmall
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                elide: Text.ElideMiddle
                text: root.label
            }

            FocusRing {}
        }

        IconButton {
            Layout.rightMargin: -(width - iconSize) / 2
            iconName: "trash"
            text: "Remove " + root.label
            visible: !root.asking

            onClicked: {
                root.asking = true;
                keep.forceActiveFocus();
            }
        }

        Label {
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: "Remove it and its token?"
            visible: root.asking
        }

        TextButton {
            id: keep

            text: "Keep"
            visible: root.asking

            onClicked: root.asking = false
        }

        TextButton {
            accessibleName: "Remove " + root.label
            text: "Remove"
            visible: root.asking

            onClicked: root.removed(root.id)
        }
    }
}
