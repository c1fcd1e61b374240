import QtQuick
import CodexBar

PageScroll {
    id: root

    required property var about

    title: "About"

    Section {
        id: facts

        width: parent.width

        SettingRow {
            help: "Shows how much is left of your AI coding plans."
            label: "CodexBar Qt"
            strongLabel: true
            width: facts.width

            Label {
                color: Theme.muted
                text: "Version " + root.about.version
            }
        }

        SettingRow {
            label: "Licence"
            width: facts.width

            Label {
                color: Theme.muted
                text: root.about.licence
            }
        }

        SettingRow {
            label: "Runs on"
            width: facts.width

            Label {
                color: Theme.muted
                text: root.about.runtime
            }
        }

        SettingRow {
            label: "Installed from"
            width: facts.width

            Label {
                color: Theme.muted
                text: root.about.origin
            }
        }

        SettingRow {
            label: "On the web"
            width: facts.width

            LinkText {
                text: "Home page"
                url: root.about.homePage
            }
        }
    }

    UpdateSection {
        about: root.about
        width: parent.width
    }

    ChangesSection {
        changes: root.about.changes
        title: root.about.changesTitle
        width: parent.width
    }
}
