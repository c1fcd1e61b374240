"""Runs what a person asked for in the settings: in order of asking, never in the way of the window."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING

from codexbar_qt.core.faults import log_fault

if TYPE_CHECKING:
    from codexbar_qt.ui.settings_session import SettingsSession

_log = logging.getLogger(__name__)
Edit = Callable[[dict[str, object]], None]
Report = Callable[[str], None]
INTERNAL_ERROR = "Something went wrong inside the app. The details are in the log."


class SettingsTasks:
    """Keeps running tasks referenced until they end; the listener gets one sentence when something failed.

    Closing the window cancels nothing: what was typed last is still being saved then.
    """

    def __init__(self, session: SettingsSession) -> None:
        self._session = session
        self._report: Report = _log.warning
        self._running: set[asyncio.Task[None]] = set()

    def listen(self, report: Report) -> None:
        """Send failures to `report` from now on."""
        self._report = report

    def edit_config(self, edit: Edit, done: Callable[[], None] | None = None) -> None:
        """Change the config file; `done` is called when it is changed or could not be."""
        self.start(self._say(self._session.edit_config(edit), done))

    def edit_preferences(self, changes: Mapping[str, object]) -> None:
        """Change preferences, by their stored names."""
        self.start(self._say(self._session.edit_preferences(changes)))

    def run(self, work: Awaitable[str], done: Callable[[], None] | None = None) -> None:
        """Await `work` and show the sentence it returns, if any, as a failure; `done` is called when it has ended."""
        self.start(self._say(work, done))

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Run `work` on the loop; the reference is held until it ends."""
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _say(self, work: Awaitable[str], done: Callable[[], None] | None = None) -> None:
        try:
            complaint = await work
        finally:
            if done is not None:
                done()
        if complaint:
            self._report(complaint)

    async def _guarded(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except Exception as error:
            log_fault(_log, "A change in the settings failed", error)
            self._report(INTERNAL_ERROR)
