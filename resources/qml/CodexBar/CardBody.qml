pragma ComponentBehavior: Bound
import QtQuick

// What a card knows: lanes, notes, details, money. Parts are divided, rows are spaced.
Column {
    id: root

    required property var card
    property bool settled: false

    spacing: Theme.gap

    Column {
        spacing: Theme.gapLarge
        visible: lanes.count > 0
        width: root.width

        Repeater {
            id: lanes

            model: root.card.rows

            WindowRow {
                id: lane

                animated: root.settled
                barColor: root.card.barColor
                stale: root.card.stale
                width: root.width

                Component.onCompleted: if (root.settled)
                    appear.start()

                FadeIn {
                    id: appear

                    target: lane
                }
            }
        }
    }

    Label {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        lineHeight: 1.15
        text: root.card.notes
        visible: text !== ""
        width: root.width
        wrapMode: Text.Wrap

        Accessible.ignored: false
        Accessible.name: text
        Accessible.role: Accessible.StaticText
    }

    Divider {
        visible: lines.count > 0 && lanes.count > 0
        width: root.width
    }

    Column {
        spacing: Theme.gapSmall
        visible: lines.count > 0
        width: root.width

        Repeater {
            id: lines

            model: root.card.details

            DetailRow {
                animated: root.settled
                barColor: root.card.barColor
                stale: root.card.stale
                width: root.width
            }
        }
    }

    Repeater {
        id: blocks

        model: root.card.money

        Column {
            id: block

            required property int index
            required property string title
            required property string leftText
            required property string rightText
            required property string moreText
            required property string accessibleText
            required property real fill

            spacing: root.spacing
            width: root.width

            Divider {
                visible: block.index > 0 || lanes.count > 0 || lines.count > 0
                width: root.width
            }

            MoneyRow {
                accessibleText: block.accessibleText
                animated: root.settled
                barColor: root.card.barColor
                fill: block.fill
                leftText: block.leftText
                moreText: block.moreText
                rightText: block.rightText
                stale: root.card.stale
                title: block.title
                width: root.width
            }
        }
    }

    Divider {
        visible: cost.active && (blocks.count > 0 || lanes.count > 0 || lines.count > 0)
        width: root.width
    }

    Loader {
        id: cost

        active: root.card.cost !== null
        visible: active
        width: root.width

        sourceComponent: CostSection {
            cost: root.card.cost
        }
    }
}
