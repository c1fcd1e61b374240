import QtQuick

// What every button shares: pointer, keyboard, focus and accessibility. Subtypes draw.
Item {
    id: root

    property string accessibleName: ""
    readonly property alias hovered: hover.hovered
    readonly property alias pressed: tap.pressed

    signal clicked

    activeFocusOnTab: enabled
    implicitHeight: Theme.hitSize
    implicitWidth: Theme.hitSize

    Accessible.focusable: enabled
    Accessible.name: accessibleName
    Accessible.role: Accessible.Button
    Accessible.onPressAction: if (enabled)
        clicked()

    Keys.onEnterPressed: clicked()
    Keys.onReturnPressed: clicked()
    Keys.onSpacePressed: clicked()

    HoverHandler {
        id: hover
    }

    TapHandler {
        id: tap

        gesturePolicy: TapHandler.ReleaseWithinBounds

        onTapped: root.clicked()
    }
}
