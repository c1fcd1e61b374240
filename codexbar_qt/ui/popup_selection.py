"""Which provider's card is on show, remembered across openings and launches."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from codexbar_qt.core.spend_tab import SPEND_TAB

if TYPE_CHECKING:
    from codexbar_qt.ui.popup_session import PopupSession

_log = logging.getLogger(__name__)
_SAVE_AFTER_MS = 1_000


class PopupSelection(QObject):
    """Holds the selected provider id, "" for none, and saves it a moment after the last change or on `flush`.

    The Spend tab is never saved: what is saved is also what the tray icon shows.
    """

    def __init__(self, session: PopupSession) -> None:
        super().__init__()
        self._session = session
        self._selected = session.preferences.selected_provider
        self._saved = self._selected
        self._saving: set[asyncio.Task[None]] = set()
        self._save_soon = QTimer(self, interval=_SAVE_AFTER_MS, singleShot=True)
        self._save_soon.timeout.connect(self.flush)

    @property
    def provider_id(self) -> str:
        """What is selected."""
        return self._selected

    @property
    def is_waiting(self) -> bool:
        """Whether a change is still to be saved."""
        return self._save_soon.isActive()

    def choose(self, provider_id: str) -> None:
        """A person picked a provider, or the Spend tab."""
        if provider_id == SPEND_TAB:
            self.flush()
            self._selected = provider_id
            return
        self._selected = provider_id
        self._save_soon.start()

    def fall_back(self, provider_id: str) -> None:
        """Show another provider for want of the chosen one; that is not worth remembering."""
        self._selected = provider_id
        self._saved = provider_id

    def flush(self) -> None:
        """Save now what was not saved yet."""
        self._save_soon.stop()
        if self._selected in (self._saved, SPEND_TAB):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # the app is ending: nothing can be saved any more
            return
        self._saved = self._selected
        task = loop.create_task(self._save(self._selected))
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def _save(self, provider_id: str) -> None:
        complaint = await self._session.edit_preferences({"selected_provider": provider_id})
        if complaint:
            _log.info("The selected provider was not saved: %s", complaint)
