pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import CodexBar

// A picker over a list of labels. It shows what is stored: a choice only asks, `stored` follows.
ComboBox {
    id: root

    required property int stored
    required property string name
    readonly property real widest: {
        let width = 0;
        for (const label of root.model ?? [])
            width = Math.max(width, Math.ceil(metrics.advanceWidth(label)));
        return width + metrics.averageCharacterWidth;
    }

    signal asked(int index)

    currentIndex: stored
    font.pixelSize: Theme.bodySize
    implicitHeight: Metrics.fieldHeight
    implicitWidth: Math.max(Metrics.pickerWidth, Math.min(Metrics.fieldWidth, widest + Theme.iconSize + 3 * Theme.gapSmall))
    leftPadding: Theme.gapSmall
    rightPadding: Theme.gapSmall
    wheelEnabled: false

    Accessible.name: name

    onActivated: index => {
        asked(index);
        currentIndex = Qt.binding(() => stored);
    }

    background: Rectangle {
        border.color: root.visualFocus ? Theme.focusRing : Theme.highContrast ? Theme.text : Theme.faint
        border.width: root.visualFocus ? Theme.focusWidth : Theme.hairline
        color: root.hovered || root.down ? Theme.track : Theme.surface
        radius: Theme.controlRadius
    }
    contentItem: Text {
        color: Theme.text
        elide: Text.ElideMiddle
        font: root.font
        horizontalAlignment: root.mirrored ? Text.AlignRight : Text.AlignLeft
        leftPadding: root.mirrored ? Theme.iconSize + Theme.gapTiny : 0
        rightPadding: root.mirrored ? 0 : Theme.iconSize + Theme.gapTiny
        text: root.displayText
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter

        Accessible.ignored: true
    }
    delegate: ItemDelegate {
        id: line

        required property int index
        required property string modelData

        font.pixelSize: Theme.bodySize
        height: Theme.hitSize
        highlighted: root.highlightedIndex === index
        leftPadding: Theme.gapSmall
        rightPadding: Theme.gapSmall
        width: ListView.view?.width ?? 0

        background: Rectangle {
            color: line.highlighted ? Theme.link : "transparent"
            radius: Theme.controlRadius - 2
        }
        contentItem: Row {
            spacing: Theme.gapSmall

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                color: line.highlighted ? Theme.onAccent : Theme.text
                name: "check"
                opacity: line.index === root.stored ? 1 : 0
            }

            Text {
                anchors.verticalCenter: parent.verticalCenter
                color: line.highlighted ? Theme.onAccent : Theme.text
                elide: Text.ElideMiddle
                font: line.font
                text: line.modelData
                textFormat: Text.PlainText
                width: parent.width - x
            }
        }
    }
    indicator: Icon {
        color: Theme.muted
        name: "chevron-down"
        x: root.mirrored ? Theme.gapSmall : root.width - width - Theme.gapSmall
        y: (root.height - height) / 2
    }
    FontMetrics {
        id: metrics

        font: root.font
    }

    popup: PickerPopup {
        lines: root.popup.visible ? root.delegateModel : null
        place: root.highlightedIndex
        width: Math.max(root.width, Math.min(Metrics.popupWidth, root.widest + Theme.iconSize + 5 * Theme.gapSmall))
        x: root.mirrored ? 0 : root.width - width
        y: root.height + Theme.gapTiny
    }
}
