import QtQuick

// One provider: header, then whatever is known, or the one thing to do about knowing nothing.
Column {
    id: root

    required property var card
    property bool errorCopied: false
    property bool settled: false

    signal allowRequested
    signal copyRequested
    signal fixRequested
    signal putOffRequested

    bottomPadding: Theme.gapLarge
    leftPadding: Theme.gapLarge
    rightPadding: Theme.gapLarge
    spacing: Theme.gap
    topPadding: Theme.gap

    readonly property real inner: width - 2 * Theme.gapLarge

    Accessible.name: card.name
    Accessible.role: Accessible.Grouping

    CardHeader {
        card: root.card
        errorCopied: root.errorCopied
        width: root.inner

        onCopyRequested: root.copyRequested()
    }

    ConsentRequest {
        text: root.card.question
        visible: text !== ""
        width: root.inner

        onAllowRequested: root.allowRequested()
        onPutOffRequested: root.putOffRequested()
    }

    // While a question is open, its answer is what to do.
    TextButton {
        text: root.card.fixLabel
        visible: text !== "" && root.card.question === ""

        onClicked: root.fixRequested()
    }

    Divider {
        visible: root.card.hasContent || root.card.loading || root.card.placeholder !== "" || root.card.notes !== ""
        width: root.inner
    }

    CardSkeleton {
        visible: root.card.loading
        width: root.inner
    }

    Label {
        color: Theme.muted
        text: root.card.placeholder
        visible: text !== ""
        width: root.inner
        wrapMode: Text.Wrap

        Accessible.ignored: false
        Accessible.name: text
        Accessible.role: Accessible.StaticText
    }

    CardBody {
        card: root.card
        settled: root.settled
        visible: root.card.hasContent || root.card.notes !== ""
        width: root.inner
    }
}
