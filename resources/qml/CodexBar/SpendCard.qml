pragma ComponentBehavior: Bound
import QtQuick

// What logs on this machine add up to, source by source.
Column {
    id: root

    required property var spend

    readonly property real inner: width - 2 * Theme.gapLarge

    bottomPadding: Theme.gapLarge
    leftPadding: Theme.gapLarge
    rightPadding: Theme.gapLarge
    spacing: Theme.gap
    topPadding: Theme.gap

    Accessible.name: title.text
    Accessible.role: Accessible.Grouping

    Item {
        height: title.height
        width: root.inner

        Accessible.name: title.text
        Accessible.role: Accessible.Heading

        Label {
            id: title

            anchors.left: parent.left
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            text: qsTr("Spend")
        }

        Spinner {
            anchors.left: title.right
            anchors.leftMargin: Theme.gapSmall
            anchors.verticalCenter: title.verticalCenter
            running: root.spend.scanning
            size: Theme.metaSize
        }

        CostLine {
            anchors.baseline: title.baseline
            anchors.right: parent.right
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.spend.ageText
        }
    }

    CostLine {
        color: Theme.danger
        font.pixelSize: Theme.metaSize
        text: root.spend.error
        width: root.inner

        Accessible.role: Accessible.AlertMessage
    }

    Column {
        spacing: Theme.gapTiny
        visible: root.spend.progressText !== ""
        width: root.inner

        Meter {
            value: Math.max(0, root.spend.progress)
            visible: root.spend.progress >= 0
            width: root.inner

            Accessible.name: root.spend.progressText
        }

        CostLine {
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.spend.progressText
            width: root.inner
        }
    }

    Repeater {
        model: root.spend.blocks

        Column {
            id: block

            required property var cost

            spacing: Theme.gapSmall
            width: root.inner

            Divider {
                width: root.inner
            }

            CostSection {
                compact: true
                cost: block.cost
                width: root.inner
            }
        }
    }

    CostLine {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        text: root.spend.hint
        width: root.inner
    }
}
