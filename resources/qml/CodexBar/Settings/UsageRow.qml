import QtQuick
import CodexBar

// One lane, drawn as on the card.
Item {
    id: root

    required property string label
    required property string valueText
    required property string resetText
    required property string detailText
    required property string accessibleText
    required property real fill
    required property bool spent
    required property color barColor
    required property bool stale

    implicitHeight: row.height + 2 * Theme.gap

    Divider {
        anchors.left: parent.left
        anchors.leftMargin: Theme.gapLarge
        anchors.right: parent.right
        visible: root.y > 0
    }

    WindowRow {
        id: row

        accessibleText: root.accessibleText
        animated: true
        barColor: root.barColor
        detailText: root.detailText
        fill: root.fill
        label: root.label
        resetText: root.resetText
        spent: root.spent
        stale: root.stale
        valueText: root.valueText
        width: root.width - 2 * Theme.gapLarge
        x: Theme.gapLarge
        y: Theme.gap
    }
}
