"""The least that shows a tray icon with PySide6: what the budgets of start and memory are measured against.

Prints one JSON line when the icon is there and stays until its standard input ends. With `--libraries` it then imports
what the app is built on, and nothing of the app: so much of the app's memory is decided by the choice of libraries.
"""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

app = QApplication(["bare-tray"])
picture = QPixmap(22, 22)
picture.fill("darkCyan")
icon = QSystemTrayIcon(QIcon(picture))
icon.show()
app.processEvents()
shown = (time.monotonic_ns() - int(os.environ["BENCH_STARTED"])) / 1e6
print(json.dumps({"bench": "icon", "ms": shown, "tray": QSystemTrayIcon.isSystemTrayAvailable()}), flush=True)

import importlib  # noqa: E402 - after the measure: the rest is not needed for the icon
import threading  # noqa: E402

_LIBRARIES = (
    "codexbar_qt.ui",  # only takes PySide6's import hook out, as in the app
    "PySide6.QtNetwork",
    "PySide6.QtDBus",
    "qasync",
    "msgspec",
    "pydantic",
    "pydantic_settings",
    "platformdirs",
    "psutil",
    "filelock",
    "importlib.metadata",
    "aiohttp",
    "brotli",
)


def wait_for_end() -> None:
    """Quit with the standard input."""
    sys.stdin.read()
    app.quit()


if "--libraries" in sys.argv:
    for name in _LIBRARIES:
        importlib.import_module(name)
    _ = sys.modules["pydantic_settings"].BaseSettings  # pydantic imports most of itself with the first model
    print(json.dumps({"bench": "libraries"}), flush=True)
threading.Thread(target=wait_for_end, daemon=True).start()
app.exec()
