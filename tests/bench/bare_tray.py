"""The least that shows a tray icon with PySide6: what the budgets of start and memory are measured against.

Prints one JSON line when the icon is there and stays until its standard input ends.
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

import threading  # noqa: E402 - after the measure: only the wait needs it


def wait_for_end() -> None:
    """Quit with the standard input."""
    sys.stdin.read()
    app.quit()


threading.Thread(target=wait_for_end, daemon=True).start()
app.exec()
