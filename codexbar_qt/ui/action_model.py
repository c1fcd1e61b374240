"""A button of a provider that does something, with what it says while and after it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from codexbar_qt.provider_api import Action, ProviderError
from codexbar_qt.ui.settings_tasks import INTERNAL_ERROR, SettingsTasks
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.ui.settings_session import SettingsSession


class ActionModel(ViewModel):
    """One action; a second press while it runs does nothing."""

    changed = Signal()

    def __init__(self, session: SettingsSession, tasks: SettingsTasks, provider_id: str, action: Action) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._provider_id, self._action = provider_id, action
        self._running = False
        self._failed = False
        self._message = ""
        self._label = self._words()

    @Property(str, notify=changed)
    def label(self) -> str:
        """Words on the button."""
        return self._label

    @Property(bool, notify=changed)
    def running(self) -> bool:
        """Whether it is at work."""
        return self._running

    @Property(bool, notify=changed)
    def failed(self) -> bool:
        """Whether `message` says what went wrong."""
        return self._failed

    @Property(str, notify=changed)
    def message(self) -> str:
        """Progress, then the closing sentence."""
        return self._message

    def refresh(self) -> None:
        """Read the config again."""
        if self._label != self._words():
            self._label = self._words()
            self.changed.emit()

    @Slot()
    def run(self) -> None:
        """Start it."""
        if not self._running:
            self._show("", running=True)
            self._tasks.start(self._run())

    def _words(self) -> str:
        has_accounts = bool(self._session.config.entry(self._provider_id).accounts)
        return (has_accounts and self._action.label_with_accounts) or self._action.label

    async def _run(self) -> None:
        closing, failed = INTERNAL_ERROR, True
        try:
            closing = await self._session.run_action(self._provider_id, self._action.id, self._progress)
            failed = False
        except ProviderError as error:
            closing = error.message
        finally:
            self._show(closing, running=False, failed=failed)

    def _progress(self, text: str) -> None:
        self._show(text.strip(), running=True)

    def _show(self, message: str, *, running: bool, failed: bool = False) -> None:
        if (message, running, failed) != (self._message, self._running, self._failed):
            self._message, self._running, self._failed = message, running, failed
            self.changed.emit()
