import QtQuick
import CodexBar

// A source or a model: what it cost, its tokens, and its part of the whole.
Item {
    id: root

    required property string name
    required property string costText
    required property string tokenText
    required property real share
    required property string barColor
    required property string accessibleText

    implicitHeight: column.height + 2 * Theme.gapSmall

    Accessible.name: accessibleText
    Accessible.role: Accessible.ListItem

    Divider {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
        visible: root.y > 0
    }

    Column {
        id: column

        spacing: Theme.gapTiny
        width: root.width - 2 * Theme.gapLarge
        x: Theme.gapLarge
        y: Theme.gapSmall

        PairLine {
            leftText: root.name
            rightColor: Theme.text
            rightText: root.costText
            width: column.width
        }

        Meter {
            color: root.barColor === "" ? Theme.link : root.barColor
            implicitHeight: Theme.thinBarHeight
            value: root.share
            width: column.width

            Accessible.name: root.accessibleText
        }

        Label {
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.tokenText
            width: column.width
        }
    }
}
