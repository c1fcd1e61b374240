"""A small program for the desktop tests: tray host and tray icon, one JSON line per event, commands on standard input.

Arguments: the patience of the tray host in milliseconds. It ends with its standard input.
"""

from __future__ import annotations

import json
import sys
import threading

from PySide6.QtCore import QObject, QRect, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.card_state import TrayState
from codexbar_qt.ui.tray import TrayController
from codexbar_qt.ui.tray_host import TrayHost

DATA = TrayState("pair", 72, 41, badge="dot", tooltip="Alpha & Co: 72% left · resets in 2h 14m\nBeta: 41% left")


class Commands(QObject):
    """Lines of standard input as a signal."""

    given = Signal(str)

    def read(self) -> None:
        for line in sys.stdin:
            self.given.emit(line.strip())
        self.given.emit("quit")


def say(event: str, **values: object) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


def corners(place: QRect | None) -> list[int] | None:
    return None if place is None else [place.x(), place.y(), place.width(), place.height()]


def main() -> None:
    qInstallMessageHandler(
        lambda kind, _context, text: None if kind is QtMsgType.QtDebugMsg else say("qt", text=text or "")
    )
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    host, tray, commands = TrayHost(patience_ms=int(sys.argv[1]), pace_ms=100), TrayController(), Commands()

    def act(command: str) -> None:
        if command == "apply":
            tray.apply(DATA)
        elif command == "check":
            host.check()
        elif command == "quit":
            tray.hide()
            app.quit()
        is_menu_open = QApplication.activePopupWidget() is not None
        say("state", place=corners(tray.geometry()), menu=is_menu_open, did=command)

    def show() -> None:
        tray.show()
        say("appeared")

    host.appeared.connect(show)
    host.missing.connect(lambda: say("missing"))
    tray.activated.connect(lambda place: say("activated", place=corners(place)))
    tray.refreshRequested.connect(lambda: say("refresh"))
    tray.settingsRequested.connect(lambda: say("settings"))
    tray.quitRequested.connect(lambda: say("quit"))
    commands.given.connect(act)
    present = host.start()
    if present:
        tray.show()
    say("started", present=present)
    reader = threading.Thread(target=commands.read)
    reader.start()
    app.exec()
    reader.join()


main()
