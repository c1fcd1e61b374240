"""The application object: from the first line of Qt to the icon on screen, then the event loop.

Only what the icon needs is imported before it is shown; asyncio alone takes as long as the icon itself.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from codexbar_qt.resource_folder import resource_folder
from codexbar_qt.ui.console import say
from codexbar_qt.ui.desktop_instance import Claim, SingleInstance, end_running
from codexbar_qt.ui.qt_messages import QtMessages
from codexbar_qt.ui.quit_signals import QuitSignals
from codexbar_qt.ui.tray import TrayController
from codexbar_qt.ui.tray_host import TrayHost

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from codexbar_qt.core.session import AppSession
    from codexbar_qt.ui.desktop_instance import Wish

APP_ID = "codexbar-qt"
_MOST_THREADS = 8
START_AGAIN = 100
"""What run_app returns when the app is to be started anew, because an upgrade has replaced it."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Milliseconds since the process started, resident memory in bytes."""

    uptime_ms: float
    resident_bytes: int


class Services(Protocol):
    """What the composition root hands over."""

    @property
    def watched_config(self) -> Path:
        """The config file in use."""
        ...

    async def network_changed(self) -> None:
        """Forget kept connections."""
        ...

    async def close(self) -> None:
        """End network and child processes."""
        ...


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start. `prepare` builds everything but the surfaces; `instance_address` is where later starts knock.

    `program` is the file whose replacement means an upgrade, after which run_app returns START_AGAIN.
    """

    prepare: Callable[[], Awaitable[tuple[Services, AppSession]]]
    instance_address: str
    clock_jumped: Callable[[], bool]
    is_power_low: Callable[[], Awaitable[bool]]
    measure: Callable[[], Measures]
    wish: Wish = "open"
    is_selftest: bool = False
    program: Path | None = None


def quit_running(address: str) -> int:
    """End the app that listens at `address`, if there is one; return the exit code. Needs no display."""
    app = QCoreApplication([APP_ID])
    ended = end_running(address)
    del app
    if not ended:
        say("CodexBar is running but does not end. End it in the list of processes.")
    return 0 if ended else 1


def run_app(launch: Launch) -> int:
    """Run until somebody quits; return the exit code. The icon is on screen before anything else is imported."""
    messages = QtMessages()
    messages.install()
    app = _create_application()
    signals = QuitSignals()
    signals.start()
    instance = SingleInstance(launch.instance_address)
    if not launch.is_selftest:
        claim = instance.claim(launch.wish)
        if claim is Claim.HANDED_OVER:
            return 0
        if claim is Claim.NO_ANSWER:
            say("CodexBar is already running but does not answer. Quit it and start it again.")
            return 1
    tray, host = TrayController(), TrayHost()
    has_tray = host.start()
    if has_tray:
        tray.show()
        app.processEvents()
    shown_at = launch.measure()

    from concurrent.futures import ThreadPoolExecutor

    import qasync  # after the icon: the loop's bridge is only needed from here on

    from codexbar_qt.ui.running_app import RunningApp

    logging.getLogger("qasync").setLevel(logging.INFO)  # it would log the arguments of everything that runs in threads
    loop = qasync.QEventLoop(app)
    # qasync's own executor would start ten threads with the first job.
    loop.set_default_executor(ThreadPoolExecutor(_MOST_THREADS))
    running = RunningApp(app, launch, messages, tray, host, instance)
    signals.asked.connect(running.quit)
    try:
        with loop:
            return int(loop.run_until_complete(running.run(shown_at)))
    finally:
        tray.hide()
        signals.stop()
        instance.close()
        messages.remove()


def _create_application() -> QApplication:
    QCoreApplication.setApplicationName(APP_ID)
    QCoreApplication.setOrganizationName("codexbar")
    app = QApplication([APP_ID])
    app.setApplicationDisplayName("CodexBar")
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(QIcon(str(resource_folder() / "icons" / "app" / "codexbar-qt-64.png")))
    app.setQuitOnLastWindowClosed(False)
    return app
