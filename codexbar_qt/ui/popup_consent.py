"""The question on a card whether a browser may be read, asked until it is answered or put off."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from codexbar_qt.core.faults import log_fault
from codexbar_qt.ui.privacy_texts import consent_sentence
from codexbar_qt.ui.settings_tasks import INTERNAL_ERROR
from codexbar_qt.ui.waiting_card import waiting_card

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.ui.popup_session import PopupSession

_log = logging.getLogger(__name__)


class PopupConsent:
    """Asks for browsers on behalf of the cards. "Not now" holds for a browser until the app starts again."""

    def __init__(self, session: PopupSession, changed: Callable[[], None]) -> None:
        self._session, self._changed = session, changed
        self._put_off: set[str] = set()
        self._complaints: dict[str, str] = {}
        self._running: set[asyncio.Task[None]] = set()

    def ask(self, cards: Sequence[CardState]) -> tuple[tuple[CardState, ...], str]:
        """Return the cards of a provider as they look, and the question that stands on the first, "" for none.

        What went wrong with an answer stands in the place of the question.
        """
        waiting = cards[0] if cards and cards[0].wants_browser else None
        wanted = self._session.wanted_browser(waiting.key.provider_id) if waiting else None
        if waiting is None or wanted is None or wanted.id in self._put_off:
            return tuple(cards), ""
        question = self._complaints.get(wanted.id) or consent_sentence(waiting.name, wanted.label)
        return (waiting_card(waiting, wanted), *cards[1:]), question

    def allow(self, provider_id: str) -> None:
        """Let the browser be read that a provider waits for."""
        wanted = self._session.wanted_browser(provider_id)
        if wanted is not None:
            task = asyncio.get_running_loop().create_task(self._allow(wanted.id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def put_off(self, provider_id: str) -> None:
        """Ask no more for that browser; it stays unread, and Settings > Privacy can allow it."""
        wanted = self._session.wanted_browser(provider_id)
        if wanted is not None:
            self._put_off.add(wanted.id)
            self._changed()

    async def _allow(self, browser_id: str) -> None:
        complaint = INTERNAL_ERROR
        try:
            complaint = await self._session.set_browser_access(browser_id, allowed=True)
        except Exception as error:
            log_fault(_log, "Allowing a browser failed", error)
        self._complaints[browser_id] = complaint
        self._changed()
