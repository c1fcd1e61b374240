import QtQuick

Rectangle {
    color: Theme.divider
    implicitHeight: Theme.hairline
    implicitWidth: Theme.hairline
}
