import QtQuick
import QtQuick.Controls.Basic
import CodexBar

// One line of text. `invalid` draws the edge in the colour of the complaint below it.
TextField {
    id: root

    property bool invalid: false
    // What lies inside the field at its beginning and its end needs room; both swap sides from right to left.
    property int beginPadding: Theme.gapSmall
    property int endPadding: Theme.gapSmall
    readonly property bool fromRight: LayoutMirroring.enabled

    color: Theme.text
    font.pixelSize: Theme.bodySize
    implicitHeight: Metrics.fieldHeight
    implicitWidth: Metrics.fieldWidth
    leftPadding: fromRight ? endPadding : beginPadding
    placeholderTextColor: Theme.faint
    rightPadding: fromRight ? beginPadding : endPadding
    selectByMouse: true
    selectedTextColor: Theme.onAccent
    selectionColor: Theme.link
    topPadding: 0
    bottomPadding: 0
    verticalAlignment: TextInput.AlignVCenter

    background: Rectangle {
        border.color: root.activeFocus ? Theme.focusRing : root.invalid ? Theme.danger : Theme.highContrast ? Theme.text : Theme.faint
        border.width: root.activeFocus ? Theme.focusWidth : Theme.hairline
        color: Theme.surface
        radius: Theme.controlRadius
    }
}
