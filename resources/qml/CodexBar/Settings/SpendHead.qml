import QtQuick
import CodexBar

// The span of days, how old the numbers are, and the way to newer ones.
Flow {
    id: root

    required property var spend

    spacing: Theme.gap

    SegmentedChoice {
        current: root.spend.span
        labels: root.spend.spans
        name: "Days"

        onAsked: index => root.spend.chooseSpan(index)
    }

    TextButton {
        enabled: !root.spend.scanning
        text: "Refresh"

        onClicked: root.spend.refresh()
    }

    Row {
        height: Theme.hitSize
        spacing: Theme.gapSmall

        Spinner {
            anchors.verticalCenter: parent.verticalCenter
            running: root.spend.scanning
        }

        HelpText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.spend.ageText
        }
    }
}
