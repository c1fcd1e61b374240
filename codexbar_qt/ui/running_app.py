"""The app while it lives: what it listens to, and the order in which everything ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codexbar_qt.ui.application import START_AGAIN
from codexbar_qt.ui.console import say
from codexbar_qt.ui.memory import give_back, keep_for_good

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QApplication

    from codexbar_qt.core.session import AppSession
    from codexbar_qt.ui.application import Launch, Measures, Services
    from codexbar_qt.ui.desktop_instance import SingleInstance
    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.surfaces import Surfaces
    from codexbar_qt.ui.tray import TrayController
    from codexbar_qt.ui.tray_host import TrayHost

_NO_TRAY = "No system tray was found: the popup is shown as a window. GNOME needs the AppIndicator extension for icons."
_FIRST_FETCH_SECONDS = 30.0
"""By then the first fetch is over, and what it has needed can go."""


class RunningApp:
    """From the icon on screen to the last child process gone."""

    def __init__(
        self,
        app: QApplication,
        launch: Launch,
        messages: QtMessages,
        tray: TrayController,
        host: TrayHost,
        instance: SingleInstance,
    ) -> None:
        self._app, self._launch, self._messages = app, launch, messages
        self._tray, self._host, self._instance = tray, host, instance
        self._quit = asyncio.Event()
        self._starts_again = False
        self._told_missing = False
        self._tasks: set[asyncio.Task[object]] = set()
        # An icon is all that a plain start shows; what was asked for beyond that counts for the first one too.
        self._wishes: list[str] = [] if launch.wish == "open" or launch.is_selftest else [launch.wish]

    def quit(self) -> None:
        """End as soon as everything that has begun can be ended in order."""
        self._quit.set()

    async def run(self, shown_at: Measures) -> int:
        """Build the rest, live, and end everything in order: surfaces, fetches, network, child processes."""
        self._tray.quitRequested.connect(self.quit)
        self._instance.wished.connect(self._keep_wish)
        services, session = await self._launch.prepare()
        surfaces = self._show(session)
        listeners = [*self._listen(session, services), *self._watch_program(surfaces)]
        fetching = asyncio.ensure_future(session.run())
        power = asyncio.ensure_future(self._watch_power(session))
        keep_for_good()
        asyncio.get_running_loop().call_later(_FIRST_FETCH_SECONDS, give_back)
        try:
            if self._launch.is_selftest:
                from codexbar_qt.ui.selftest import run_selftest

                return await run_selftest(session, surfaces, self._messages, self._launch.measure, shown_at)
            await self._quit.wait()
            return START_AGAIN if self._starts_again else 0
        finally:
            self._tray.hide()
            for listener in listeners:
                listener.deleteLater()
            surfaces.close()
            for task in (fetching, power):
                task.cancel()
            await asyncio.gather(fetching, power, return_exceptions=True)
            await session.close()
            await services.close()

    def _keep_wish(self, wish: str) -> None:
        if wish == "quit":
            self.quit()
        else:
            self._wishes.append(wish)

    def _show(self, session: AppSession) -> Surfaces:
        from codexbar_qt.ui.surfaces import Surfaces

        surfaces = Surfaces(self._app, session, self._tray, self._messages, has_tray=self._host.available)
        surfaces.quitRequested.connect(self.quit)
        self._app.aboutToQuit.connect(self.quit)
        self._instance.wished.disconnect(self._keep_wish)
        self._instance.wished.connect(surfaces.show_wish)
        self._host.appeared.connect(lambda: self._on_tray_appeared(surfaces))
        self._host.missing.connect(lambda: self._on_tray_missing(surfaces))
        if not self._host.available and not self._launch.is_selftest:
            self._on_tray_missing(surfaces)
        for wish in self._wishes[-1:]:
            surfaces.show_wish(wish)
        return surfaces

    def _listen(self, session: AppSession, services: Services) -> list[QObject]:
        from codexbar_qt.ui.config_watcher import ConfigWatcher
        from codexbar_qt.ui.desktop_presence import Presence

        watcher = ConfigWatcher(services.watched_config)
        watcher.configChanged.connect(lambda: self._start(session.reload_config()))
        watcher.environmentChanged.connect(session.environment_changed)
        presence = Presence(self._launch.clock_jumped)
        presence.left.connect(session.pause)
        presence.returned.connect(lambda: self._start(services.network_changed()))
        presence.returned.connect(session.resumed)
        presence.start()
        return [watcher, presence]

    def _watch_program(self, surfaces: Surfaces) -> list[QObject]:
        if self._launch.program is None:
            return []
        from codexbar_qt.ui.program_watcher import ProgramWatcher

        def start_again() -> None:
            if not surfaces.is_anything_open:
                self._starts_again = True
                self.quit()

        watcher = ProgramWatcher(self._launch.program)
        watcher.replaced.connect(start_again)
        return [watcher]

    def _start(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_tray_appeared(self, surfaces: Surfaces) -> None:
        self._tray.show()
        surfaces.set_has_tray(True)

    def _on_tray_missing(self, surfaces: Surfaces) -> None:
        if not self._told_missing:
            self._told_missing = True
            say(_NO_TRAY)
        surfaces.set_has_tray(False)
        surfaces.show_wish("open")

    async def _watch_power(self, session: AppSession) -> None:
        while True:
            session.set_constrained(await self._launch.is_power_low())
            await asyncio.sleep(300)
