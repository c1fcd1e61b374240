import QtQuick

// Everything in the popup. The height follows the content up to `maximumHeight`, then the cards scroll.
FocusScope {
    id: root

    required property var popup
    property real cornerRadius: 0
    property real maximumHeight: Infinity
    property bool settled: false

    readonly property real fixedHeight: top.height + bottom.height
    readonly property bool mirrored: Application.layoutDirection === Qt.RightToLeft

    focus: true
    implicitHeight: Math.min(maximumHeight, Math.ceil(fixedHeight + cards.height))
    implicitWidth: Theme.popupWidth

    LayoutMirroring.childrenInherit: true
    LayoutMirroring.enabled: mirrored

    Keys.onDownPressed: (Window.activeFocusItem ?? root).nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
    Keys.onPressed: event => event.accepted = popup.pressKey(event.key, event.modifiers, mirrored)
    Keys.onUpPressed: (Window.activeFocusItem ?? root).nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)

    Column {
        id: top

        width: root.width

        PopupBanner {
            id: demoBanner

            text: qsTr("Demo data")
            topLeftRadius: root.cornerRadius
            topRightRadius: root.cornerRadius
            visible: root.popup.isDemo
            width: root.width
        }

        PopupBanner {
            iconName: "warning"
            important: true
            text: root.popup.banner
            topLeftRadius: demoBanner.visible ? 0 : root.cornerRadius
            topRightRadius: demoBanner.visible ? 0 : root.cornerRadius
            visible: text !== ""
            width: root.width
        }

        TabBar {
            id: tabs

            currentIndex: root.popup.selectedIndex
            model: root.popup.tabs
            visible: count > 1
            width: root.width

            onSelectRequested: index => root.popup.select(index)
        }

        Divider {
            visible: tabs.visible
            width: root.width
        }
    }

    ScrollArea {
        anchors.top: top.bottom
        contentHeight: cards.height
        height: root.height - root.fixedHeight
        width: root.width

        PopupCards {
            id: cards

            popup: root.popup
            settled: root.settled
            width: root.width
        }
    }

    Column {
        id: bottom

        anchors.bottom: parent.bottom
        width: root.width

        PopupLinks {
            popup: root.popup
            width: root.width
        }

        Divider {
            width: root.width
        }

        PopupActions {
            popup: root.popup
            width: root.width
        }
    }
}
