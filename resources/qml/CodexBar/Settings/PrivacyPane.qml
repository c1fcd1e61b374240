pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// Who may be read, what is kept, what was read.
PageScroll {
    id: root

    required property var privacy

    title: "Privacy"

    FieldGroup {
        fields: root.privacy.personalFields
        width: parent.width
    }

    Section {
        id: browsers

        title: "Browsers"
        width: parent.width

        SettingRow {
            help: root.privacy.promise
            width: browsers.width
        }

        Repeater {
            model: root.privacy.browsers

            BrowserLine {
                width: browsers.width

                onAsked: (id, allowed) => root.privacy.allow(id, allowed)
            }
        }

        SettingRow {
            label: root.privacy.noBrowser
            visible: root.privacy.browserCount === 0
            width: browsers.width
        }
    }

    Section {
        id: kept

        title: "Kept sessions"
        width: parent.width

        Repeater {
            model: root.privacy.kept

            KeptLine {
                width: kept.width

                onForgetRequested: id => root.privacy.forget(id)
            }
        }

        SettingRow {
            help: root.privacy.nothingKept
            visible: root.privacy.keptCount === 0
            width: kept.width
        }
    }

    Section {
        id: reads

        title: "What was read"
        width: parent.width

        Repeater {
            model: root.privacy.reads

            ReadLine {
                width: reads.width
            }
        }

        SettingRow {
            help: root.privacy.nothingRead
            visible: root.privacy.readCount === 0
            width: reads.width
        }

        SettingRow {
            visible: root.privacy.hiddenReads > 0
            width: reads.width

            TextButton {
                implicitHeight: Metrics.fieldHeight
                text: "Show " + root.privacy.hiddenReads + " more"

                onClicked: root.privacy.showMore()
            }
        }
    }
}
