import QtQuick

// One lane: label and value, reset text at the far side (below when it does not fit), bar, detail line.
Column {
    id: root

    property bool animated: false
    property color barColor: Theme.link
    property bool stale: false

    required property string label
    required property string valueText
    required property string resetText
    required property string detailText
    required property string accessibleText
    required property real fill
    required property bool spent

    readonly property bool resetBelow: caption.implicitWidth + value.implicitWidth + reset.implicitWidth + Theme.wordGap + Theme.gapSmall > width

    spacing: Theme.gapTiny

    Accessible.ignored: true

    Item {
        height: root.resetBelow && root.resetText !== "" ? value.height + reset.height : value.height
        width: root.width

        Label {
            id: caption

            anchors.left: parent.left
            elide: Text.ElideRight
            font.weight: Theme.strong
            text: root.label
            width: Math.min(implicitWidth, root.width - value.implicitWidth - Theme.wordGap)
        }

        Label {
            id: value

            anchors.left: caption.right
            anchors.leftMargin: Theme.wordGap
            color: root.spent ? Theme.danger : Theme.text
            text: root.valueText
        }

        Label {
            id: reset

            anchors.right: parent.right
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.metaSize
            text: root.resetText
            width: Math.min(implicitWidth, root.width)
            y: root.resetBelow ? value.height : value.baselineOffset - baselineOffset
        }
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

    Label {
        color: Theme.muted
        font.pixelSize: Theme.metaSize
        maximumLineCount: 2
        text: root.detailText
        visible: root.detailText !== ""
        width: root.width
        wrapMode: Text.Wrap
    }
}
