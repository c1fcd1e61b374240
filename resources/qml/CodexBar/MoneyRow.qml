import QtQuick

// Credits, extra usage or cost: a title, an optional bar, a text on either side, more lines below.
Column {
    id: root

    property bool animated: false
    property color barColor: Theme.link
    property bool stale: false

    required property string title
    required property string leftText
    required property string rightText
    required property string moreText
    required property string accessibleText
    required property real fill

    spacing: Theme.gapTiny

    Accessible.name: accessibleText
    Accessible.role: Accessible.StaticText

    Label {
        elide: Text.ElideRight
        font.weight: Theme.strong
        text: root.title
        width: root.width
    }

    Meter {
        animated: root.animated
        color: root.barColor
        muted: root.stale
        value: Math.max(0, root.fill)
        visible: root.fill >= 0
        width: root.width

        Accessible.name: root.accessibleText
    }

    PairLine {
        leftText: root.leftText
        rightText: root.rightText
        visible: root.leftText !== "" || root.rightText !== ""
        width: root.width
    }

    Label {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        lineHeight: 1.15
        text: root.moreText
        visible: root.moreText !== ""
        width: root.width
        wrapMode: Text.Wrap
    }
}
