pragma Singleton
import QtQuick
import CodexBar

// Sizes that only the settings window needs; they grow with the text like everything else.
QtObject {
    readonly property int windowWidth: Math.round(880 * Theme.textScale)
    readonly property int windowHeight: Math.round(620 * Theme.textScale)
    readonly property int windowMinimumWidth: 800
    readonly property int windowMinimumHeight: 540

    readonly property int switchWidth: Math.round(36 * Theme.textScale)
    readonly property int switchHeight: Math.round(20 * Theme.textScale)
    readonly property int knobSize: switchHeight - Theme.gapSmall
    readonly property int fieldHeight: Theme.hitSize + 2
    readonly property int fieldWidth: Math.round(260 * Theme.textScale)
    readonly property int pickerWidth: Math.round(200 * Theme.textScale)
    readonly property int colorFieldWidth: Math.round(116 * Theme.textScale)
    readonly property int leastLabelWidth: Math.round(150 * Theme.textScale)
    readonly property int popupWidth: Math.round(420 * Theme.textScale)
    readonly property int popupHeight: Math.round(300 * Theme.textScale)
    readonly property int lineHeight: Theme.hitSize + Theme.gapTiny
    readonly property int dotSize: Math.round(8 * Theme.textScale)
    readonly property int headerIconSize: Math.round(32 * Theme.textScale)
    readonly property int errorLines: 2
    readonly property int figureWidth: Math.round(110 * Theme.textScale)
    readonly property int figureSize: Math.round(Theme.bodySize * 1.5)
    readonly property int weekdayWidth: Math.round(36 * Theme.textScale)
    readonly property int rowListHeight: Math.round(360 * Theme.textScale)
    readonly property int scrollEdge: 24
}
