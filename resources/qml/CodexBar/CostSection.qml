pragma ComponentBehavior: Bound
import QtQuick

// What one source cost: today and the history, with a chart to open. `compact` adds a small row of bars.
Column {
    id: root

    required property var cost
    property bool compact: false

    spacing: Theme.gapTiny

    PressArea {
        id: head

        accessibleName: root.cost.isOpen ? qsTr("%1, hide history").arg(root.cost.title) : qsTr("%1, show history").arg(root.cost.title)
        activeFocusOnTab: root.cost.hasChart
        enabled: root.cost.hasChart
        implicitHeight: Math.max(title.implicitHeight, Theme.hitSize)
        width: root.width

        onClicked: root.cost.toggle()

        Label {
            id: title

            anchors.left: parent.left
            anchors.verticalCenter: parent.verticalCenter
            elide: Text.ElideRight
            font.weight: Theme.strong
            text: root.cost.title
            width: Math.min(implicitWidth, root.width - spin.width - age.width - 3 * Theme.gapSmall - mark.width)
        }

        Spinner {
            id: spin

            anchors.left: title.right
            anchors.leftMargin: Theme.gapSmall
            anchors.verticalCenter: parent.verticalCenter
            running: root.cost.scanning
            size: Theme.metaSize
        }

        Label {
            id: age

            anchors.right: mark.left
            anchors.rightMargin: Theme.gapTiny
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.muted
            font.pixelSize: Theme.metaSize
            text: root.cost.ageText

            Accessible.ignored: text === ""
            Accessible.name: text
            Accessible.role: Accessible.StaticText
        }

        Icon {
            id: mark

            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            name: root.cost.isOpen ? "chevron-down" : head.mirrored ? "chevron-left" : "chevron-right"
            visible: root.cost.hasChart
            width: visible ? size : 0
        }

        FocusRing {
            anchors.margins: -Theme.focusWidth
        }

        readonly property bool mirrored: LayoutMirroring.enabled
    }

    CostLine {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        text: root.cost.heading
        width: root.width
    }

    CostLine {
        text: root.cost.todayText
        width: root.width
    }

    CostLine {
        text: root.cost.totalText
        width: root.width
    }

    Meter {
        color: root.cost.barColor
        value: Math.max(0, root.cost.progress)
        visible: root.cost.progress >= 0
        width: root.width

        Accessible.name: root.cost.progressText
    }

    CostLine {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        text: root.cost.progressText
        width: root.width
    }

    CostLine {
        color: Theme.danger
        font.pixelSize: Theme.metaSize
        text: root.cost.error
        width: root.width

        Accessible.role: Accessible.AlertMessage
    }

    Loader {
        active: root.compact && root.cost.hasChart && !root.cost.isOpen
        height: active ? Theme.smallChartHeight : 0
        visible: active
        width: root.width

        sourceComponent: BarChart {
            color: root.cost.barColor
            shares: root.cost.shares
        }
    }

    Loader {
        active: root.cost.isOpen
        visible: active
        width: root.width

        sourceComponent: CostChart {
            chart: root.cost.chart
            color: root.cost.barColor
        }
    }

    CostLine {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        text: root.compact ? "" : root.cost.hint
        width: root.width
    }
}
