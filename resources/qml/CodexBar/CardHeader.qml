import QtQuick

// Name and account; state and plan. A failure takes the place of the state, with a button that copies it.
Column {
    id: root

    required property var card
    property bool errorCopied: false

    signal copyRequested

    spacing: Theme.gapTiny / 2

    Item {
        height: name.height
        width: root.width

        Accessible.name: name.text + (account.text === "" ? "" : ", " + account.text)
        Accessible.role: Accessible.Heading

        Label {
            id: name

            anchors.left: parent.left
            elide: Text.ElideRight
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            text: root.card.name
            width: Math.min(implicitWidth, root.width)
        }

        Label {
            id: account

            anchors.baseline: name.baseline
            anchors.right: parent.right
            color: Theme.muted
            elide: Text.ElideMiddle
            font.pixelSize: Theme.metaSize
            horizontalAlignment: Text.AlignRight
            text: root.card.accountText
            width: Math.max(0, Math.min(implicitWidth, root.width - name.width - Theme.gapSmall))
        }
    }

    Item {
        height: Math.max(subtitle.height, plan.height)
        width: root.width

        Icon {
            id: mark

            anchors.left: parent.left
            anchors.top: parent.top
            anchors.topMargin: Math.round((plan.implicitHeight - height) / 2)
            color: Theme.danger
            name: root.card.failed ? "warning" : ""
            size: Theme.metaSize
            visible: root.card.failed
        }

        Label {
            id: subtitle

            anchors.left: root.card.failed ? mark.right : parent.left
            anchors.leftMargin: root.card.failed ? Theme.gapTiny : 0
            color: root.card.failed ? Theme.danger : Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            maximumLineCount: root.card.failed ? 4 : 1
            text: root.card.subtitle
            width: root.width - (mark.visible ? mark.width + Theme.gapTiny : 0) - (copy.visible ? copy.width : 0) - (plan.visible ? plan.width + Theme.gapSmall : 0)
            wrapMode: root.card.failed ? Text.Wrap : Text.NoWrap

            Accessible.ignored: false
            Accessible.name: text
            Accessible.role: root.card.failed ? Accessible.AlertMessage : Accessible.StaticText
        }

        IconButton {
            id: copy

            anchors.right: parent.right
            anchors.rightMargin: -Theme.gapTiny
            anchors.top: parent.top
            anchors.topMargin: Math.round((plan.implicitHeight - height) / 2)
            color: root.errorCopied ? Theme.ok : Theme.muted
            iconName: root.errorCopied ? "check" : "copy"
            text: root.errorCopied ? qsTr("Copied") : qsTr("Copy error")
            visible: root.card.failed

            onClicked: root.copyRequested()
        }

        Label {
            id: plan

            anchors.right: parent.right
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            horizontalAlignment: Text.AlignRight
            text: root.card.planText
            visible: text !== "" && !root.card.failed
            width: Math.min(implicitWidth, Math.max(root.width * 0.3, root.width - subtitle.implicitWidth - Theme.gapSmall))

            Accessible.ignored: false
            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }
    }
}
