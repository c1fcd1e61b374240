import QtQuick
import CodexBar

// One provider in the sidebar. `dragged` tells how far down it was pulled, in pixels of the list.
Item {
    id: root

    required property int index
    required property string providerId
    required property string name
    required property string icon
    required property bool on
    required property bool failed
    required property bool selected
    required property bool current
    required property bool sortable
    readonly property bool held: pull.active

    signal chosen
    signal pulled(real listY)
    signal dropped

    implicitHeight: Metrics.lineHeight
    z: held ? 1 : 0

    Accessible.name: name + (failed ? ", last refresh failed" : on ? ", on" : ", off")
    Accessible.role: Accessible.ListItem
    Accessible.selected: selected
    Accessible.onPressAction: chosen()

    HoverHandler {
        id: hover
    }

    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds

        onTapped: root.chosen()
    }

    DragHandler {
        id: pull

        enabled: root.sortable
        target: null
        xAxis.enabled: false

        onActiveChanged: if (!active)
            root.dropped()
        onCentroidChanged: if (active)
            root.pulled(root.y + centroid.position.y)
    }

    Rectangle {
        anchors.fill: parent
        border.color: root.current ? Theme.focusRing : Theme.outline
        border.width: root.current ? Theme.focusWidth : (root.selected || root.held) && Theme.highContrast ? Theme.focusWidth : 0
        color: root.selected || root.held ? Theme.track : hover.hovered ? Theme.surface : "transparent"
        radius: Theme.controlRadius
    }

    ProviderIcon {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: Theme.gapSmall
        anchors.verticalCenter: parent.verticalCenter
        color: root.on ? Theme.text : Theme.muted
        name: root.icon
        size: Theme.iconSize
    }

    Label {
        anchors.left: mark.right
        anchors.leftMargin: Theme.gapSmall
        anchors.right: grip.left
        anchors.rightMargin: Theme.gapTiny
        anchors.verticalCenter: parent.verticalCenter
        color: root.on ? Theme.text : Theme.muted
        elide: Text.ElideRight
        text: root.name
    }

    Icon {
        id: grip

        anchors.right: dot.left
        anchors.rightMargin: Theme.gapSmall
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.muted
        name: "drag"
        opacity: root.sortable && (hover.hovered || root.held) ? 1 : 0
    }

    // Off is a ring, on is filled, failed is a mark: told apart without colour.
    Item {
        id: dot

        anchors.right: parent.right
        anchors.rightMargin: Theme.gapTiny
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.iconSize
        width: Theme.iconSize

        Rectangle {
            anchors.centerIn: parent
            border.color: root.on ? Theme.ok : Theme.muted
            border.width: Theme.hairline
            color: root.on ? Theme.ok : "transparent"
            height: Metrics.dotSize
            radius: height / 2
            visible: !root.failed
            width: height
        }

        Icon {
            anchors.centerIn: parent
            color: Theme.danger
            name: "warning"
            size: Theme.iconSize - 2
            visible: root.failed
        }
    }
}
