pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import CodexBar

// One account: a press selects it; removing asks once more. Scope and ids are edited below it.
Item {
    id: root

    required property var field
    required property string id
    required property string label
    required property bool selected
    required property bool shared
    required property var values
    required property string detail
    property bool asking: false
    property bool editing: false

    signal removed(string id)
    signal selectedHere(string id)

    implicitHeight: Metrics.lineHeight + (below.visible ? below.implicitHeight + Theme.gapSmall : 0)

    onEditingChanged: field.forgive(id)

    RowLayout {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge - Theme.gapTiny
        anchors.right: parent.right
        anchors.rightMargin: Theme.gapLarge
        anchors.top: parent.top
        height: Metrics.lineHeight
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

        WordButton {
            accessibleName: text + " " + root.label
            text: root.editing ? "Cancel" : "Edit"
            visible: root.field.scopeLabel !== "" && !root.asking

            onClicked: root.editing = !root.editing
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

    ColumnLayout {
        id: below

        anchors.fill: parent
        anchors.bottomMargin: Theme.gapSmall
        anchors.leftMargin: Theme.gapLarge + Theme.iconSize + Theme.gapSmall
        anchors.rightMargin: Theme.gapLarge
        anchors.topMargin: Metrics.lineHeight
        visible: root.editing || root.detail !== ""

        HelpText {
            Layout.fillWidth: true
            text: root.editing ? "" : root.detail
        }

        Loader {
            Layout.fillWidth: true
            active: root.editing
            visible: active
            sourceComponent: AccountEdit {
                field: root.field
                initial: root.values
                on: root.shared
                place: root.id

                onDone: root.editing = false
            }
        }
    }
}
