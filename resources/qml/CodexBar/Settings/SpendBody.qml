pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// Everything that is known about a span of days.
Column {
    id: root

    required property var spend
    readonly property color tint: spend.chartColor === "" ? Theme.link : spend.chartColor

    spacing: Theme.gapHuge

    SpendFigures {
        figures: root.spend.figures
        width: root.width
    }

    HelpText {
        text: "Estimated from local logs · may differ from your bill"
        width: root.width
    }

    Section {
        id: history

        title: "History"
        width: root.width

        SectionBody {
            width: history.width

            CostChart {
                chart: root.spend.chart
                color: root.tint
                title: "Per day"
                width: parent.width
            }

            // A row, which begins at the right where everything does.
            Row {
                width: parent.width

                TextButton {
                    text: root.spend.why.isOpen ? "Hide requests" : "Why this number?"

                    onClicked: root.spend.explain()
                }
            }
        }
    }

    Loader {
        active: root.spend.why.isOpen
        visible: active
        width: root.width

        sourceComponent: DayRows {
            why: root.spend.why
        }
    }

    Section {
        id: sources

        title: "By provider"
        width: root.width

        Repeater {
            model: root.spend.sources

            SpendShare {
                width: sources.width
            }
        }
    }

    Section {
        id: models

        title: "By model"
        width: root.width

        Repeater {
            model: root.spend.models

            SpendShare {
                width: models.width
            }
        }
    }

    Section {
        id: mix

        title: "Token mix"
        width: root.width

        TokenMix {
            mix: root.spend.mix
            width: mix.width
        }
    }

    Section {
        id: activity

        title: "Activity"
        width: root.width

        HeatMap {
            color: root.tint
            heat: root.spend.heat
            width: activity.width
        }
    }
}
