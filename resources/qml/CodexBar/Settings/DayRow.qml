import QtQuick
import CodexBar

// One request: when, which model, what it cost; then its tokens, the rates that held, and the log it stands in.
Item {
    id: root

    required property string timeText
    required property string model
    required property string costText
    required property string tokenText
    required property string rateText
    required property string place
    required property string copyText
    required property string accessibleText
    property bool current: false

    implicitHeight: column.height + 2 * Theme.gapSmall

    Accessible.name: accessibleText
    Accessible.role: Accessible.ListItem

    Divider {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
    }

    Column {
        id: column

        spacing: Theme.gapTiny / 2
        width: root.width - 2 * Theme.gapLarge
        x: Theme.gapLarge
        y: Theme.gapSmall

        PairLine {
            leftText: root.timeText + "  " + root.model
            rightColor: Theme.text
            rightText: root.costText
            width: column.width
        }

        Label {
            font.pixelSize: Theme.metaSize
            text: root.tokenText
            width: column.width
            wrapMode: Text.Wrap
        }

        Label {
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.rateText
            visible: text !== ""
            width: column.width
            wrapMode: Text.Wrap
        }

        PairLine {
            leftColor: Theme.muted
            leftText: root.place
            rightText: root.copyText
            size: Theme.metaSize
            width: column.width
        }
    }

    FocusRing {
        visible: root.current
    }
}
