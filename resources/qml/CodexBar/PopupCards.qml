pragma ComponentBehavior: Bound
import QtQuick

// What the selected tab shows: the cards of a provider, the spend, or the first step.
Column {
    id: root

    required property var popup
    property bool settled: false

    FirstRunCard {
        visible: root.popup.firstRun
        width: root.width

        onSettingsRequested: root.popup.openSettings()
    }

    Loader {
        active: root.popup.spendShown
        visible: active
        width: root.width

        sourceComponent: SpendCard {
            spend: root.popup.spend
        }
    }

    Repeater {
        model: root.popup.cards

        Column {
            id: place

            required property var card
            required property int index

            width: root.width

            Divider {
                visible: place.index > 0
                width: place.width
            }

            Card {
                card: place.card
                errorCopied: root.popup.copiedError === place.index
                settled: root.settled
                width: place.width

                onAllowRequested: root.popup.allowBrowser(place.index)
                onCopyRequested: root.popup.copyError(place.index)
                onFixRequested: root.popup.fix(place.index)
                onPutOffRequested: root.popup.putOffBrowser(place.index)
            }
        }
    }
}
