pragma ComponentBehavior: Bound
import QtQuick

// What agents on this machine cost, as far as their logs tell.
PageScroll {
    id: root

    required property var spend
    readonly property string kind: spend.kind

    title: "Usage & Spend"

    Section {
        id: off

        visible: root.kind === "off"
        width: parent.width

        SettingRow {
            help: "Switch it on to estimate the cost from the logs that Claude Code and Codex keep; the logs stay on this machine."
            label: "Cost tracking is off"
            width: off.width

            ToggleSwitch {
                accessibleName: "Show cost summary"
                on: false

                onAsked: root.spend.switchOn()
            }
        }
    }

    SpendHead {
        spend: root.spend
        visible: root.kind !== "off"
        width: parent.width
    }

    ErrorText {
        text: root.spend.error
        width: parent.width
    }

    Section {
        id: progress

        visible: root.kind === "waiting" && root.spend.scanning
        width: parent.width

        SpendProgress {
            spend: root.spend
            width: progress.width
        }
    }

    HelpText {
        text: root.kind === "empty" ? root.spend.emptyText : ""
        width: parent.width
    }

    Loader {
        active: root.kind === "ready"
        visible: active
        width: parent.width

        sourceComponent: SpendBody {
            spend: root.spend
        }
    }

    SpendNotes {
        spend: root.spend
        visible: root.kind === "ready" || root.spend.notes !== ""
        width: parent.width
    }
}
