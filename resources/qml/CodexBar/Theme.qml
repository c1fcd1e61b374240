pragma Singleton
import QtQuick

// Every colour, size and duration of the app. Python sets the first block from the system and again when it changes.
QtObject {
    property bool dark: false
    property bool highContrast: false
    property bool reducedMotion: false
    property int fontPixelSize: 13
    // Transparent unless the system accent is readable on every surface.
    property color systemAccent: "transparent"

    readonly property color surface: highContrast ? (dark ? "#000000" : "#ffffff") : dark ? "#1e1e22" : "#ffffff"
    readonly property color raised: highContrast ? surface : dark ? "#29292f" : "#f5f5f7"
    readonly property color text: highContrast ? (dark ? "#ffffff" : "#000000") : dark ? "#f3f3f6" : "#1b1b1f"
    readonly property color muted: highContrast ? text : dark ? "#ababb6" : "#5c5c66"
    readonly property color faint: highContrast ? text : dark ? "#8e8e9a" : "#6c6c77"
    readonly property color divider: highContrast ? text : dark ? "#36363d" : "#e3e3e8"
    readonly property color track: highContrast ? surface : dark ? "#3b3b43" : "#e4e4ea"
    readonly property color danger: dark ? "#ff7369" : "#c2281d"
    readonly property color warning: dark ? "#f2ae49" : "#8f5200"
    readonly property color ok: dark ? "#4fc48c" : "#1b7a4b"
    readonly property color link: systemAccent.a > 0 ? systemAccent : dark ? "#8ab4f8" : "#0b57d0"
    readonly property color focusRing: link
    readonly property color onAccent: dark ? "#1b1b1f" : "#ffffff"
    readonly property color outline: highContrast ? text : "transparent"

    // Layout grows with the text where text would not fit, but not for the usual range of system fonts.
    readonly property real textScale: Math.max(1, Math.min(2, fontPixelSize / 15))
    readonly property int bodySize: fontPixelSize
    readonly property int titleSize: Math.round(fontPixelSize * 1.15)
    readonly property int metaSize: Math.round(fontPixelSize * 0.9)
    readonly property int strong: Font.DemiBold
    readonly property var digits: ({
            "tnum": 1
        })

    readonly property int gapTiny: 4
    readonly property int gapSmall: 8
    readonly property int gap: 12
    readonly property int gapLarge: 16
    readonly property int gapHuge: 20

    readonly property int popupWidth: Math.round(320 * textScale)
    readonly property int popupRadius: 12
    readonly property int cardRadius: 10
    readonly property int controlRadius: 6
    readonly property int hairline: 1
    readonly property int focusWidth: 2
    readonly property int barHeight: highContrast ? 8 : 6
    readonly property real lineWidth: 1.5
    readonly property int thinBarHeight: highContrast ? 6 : 4
    readonly property int stripHeight: highContrast ? 4 : 2
    readonly property int wordGap: Math.round(fontPixelSize * 0.4)
    readonly property int tabWidth: Math.round(52 * textScale)
    readonly property int tabWidthMax: Math.round(92 * textScale)
    readonly property int chartHeight: 48
    readonly property int smallChartHeight: 28
    readonly property int costChartHeight: 130
    readonly property int hitSize: Math.max(28, Math.round(fontPixelSize * 1.7))
    readonly property int iconSize: Math.round(16 * textScale)
    readonly property int tabIconSize: Math.round(18 * textScale)
    readonly property int badgeSize: Math.round(10 * textScale)

    readonly property int sidebarWidth: Math.round(240 * textScale)
    readonly property int contentWidth: Math.round(620 * textScale)
    readonly property int settingRowHeight: Math.round(40 * textScale)

    readonly property int barDuration: reducedMotion ? 0 : 180
    readonly property int fadeDuration: reducedMotion ? 0 : 120
    readonly property int spinDuration: reducedMotion ? 0 : 1000
    readonly property int confirmDuration: 900
}
