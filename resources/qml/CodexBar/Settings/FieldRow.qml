pragma ComponentBehavior: Bound
import QtQuick
import CodexBar

// Picks the row that draws a control by its kind.
Item {
    id: root

    required property var field

    implicitHeight: row.height
    visible: field.shown

    Divider {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
        visible: root.y > 0
    }

    Loader {
        id: row

        active: root.field.shown
        sourceComponent: ({
                accounts: accounts,
                choice: choice,
                cookiePaste: cookiePaste,
                cookies: cookies,
                scopes: scopes,
                secret: secret,
                text: line,
                toggle: toggle
            })[root.field.kind]
        width: root.width
    }

    Component {
        id: accounts

        AccountsRow {
            field: root.field
        }
    }

    Component {
        id: choice

        ChoiceRow {
            field: root.field
        }
    }

    Component {
        id: cookiePaste

        CookiePasteRow {
            field: root.field
        }
    }

    Component {
        id: cookies

        CookieSourceRow {
            field: root.field
        }
    }

    Component {
        id: scopes

        ScopesRow {
            field: root.field
        }
    }

    Component {
        id: secret

        SecretRow {
            field: root.field
        }
    }

    Component {
        id: line

        TextRow {
            field: root.field
        }
    }

    Component {
        id: toggle

        ToggleRow {
            field: root.field
        }
    }
}
