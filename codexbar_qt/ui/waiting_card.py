"""A card that waits for nothing but an answer about a browser: that is a question, not a failure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.core.browser_obstacles import consent_sentence
from codexbar_qt.core.ports import KnownBrowser

if TYPE_CHECKING:
    from codexbar_qt.core.browser_access import BrowserAccess
    from codexbar_qt.core.card_state import CardState

WAITING = "Waits for your answer"


def waiting_card(card: CardState, wanted: BrowserAccess | None) -> CardState:
    """Return the card without its error where that only says that a browser was not allowed yet."""
    # The family of the browser is not part of the sentence.
    known = KnownBrowser(wanted.id, wanted.label, "chromium") if wanted is not None else None
    if known is None or card.error_text != consent_sentence(known, "app"):
        return card
    return replace(
        card, subtitle=WAITING, subtitle_kind="never", error_text="", fix_label="", fix_action="", stale=False
    )
