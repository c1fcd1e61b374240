pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import CodexBar

// The requests behind a day. Only the lines in view exist, however many there are.
Section {
    id: root

    required property var why

    title: root.why.title

    SectionBody {
        visible: root.why.busy || root.why.summary !== "" || root.why.error !== ""
        width: root.width

        Spinner {
            running: root.why.busy
        }

        HelpText {
            text: root.why.summary
            width: parent.width
        }

        ErrorText {
            text: root.why.error
            width: parent.width
        }
    }

    ListView {
        id: list

        acceptedButtons: Qt.NoButton
        activeFocusOnTab: count > 0
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        height: Math.min(contentHeight, Metrics.rowListHeight)
        keyNavigationEnabled: true
        model: root.why.rows
        reuseItems: true
        visible: count > 0
        width: root.width

        Accessible.name: root.title
        Accessible.role: Accessible.List

        ScrollBar.vertical: SlimScrollBar {}
        delegate: DayRow {
            current: list.activeFocus && ListView.isCurrentItem
            width: ListView.view?.width ?? 0
        }
    }
}
