import QtQuick
import QtQuick.Layouts
import CodexBar

// Scope and ids of an account that exists, with the button that saves them.
ColumnLayout {
    id: root

    required property var field
    required property string place
    property alias initial: scope.initial
    property alias on: scope.on

    signal done

    function save() {
        if (field.change(place, scope.on, scope.values()))
            done();
    }

    spacing: Theme.gapSmall

    AccountScope {
        id: scope

        Layout.fillWidth: true
        field: root.field
        place: root.place

        onAccepted: root.save()
    }

    TextButton {
        implicitHeight: Metrics.fieldHeight
        text: "Save"

        onClicked: root.save()
    }
}
