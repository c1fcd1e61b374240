"""The subscription's document: the name of the plan, when it ends, when it is renewed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.minimax.answers import require_success
from codexbar_providers.minimax.loose import moment, number, walk
from codexbar_providers.minimax.services import beijing_time
from codexbar_qt.provider_api import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

EXPIRY_FIELDS = ("current_subscribe_end_time_ts", "current_subscribe_end_time")
RENEWAL_FIELDS = ("renewal_trigger_time_ts", "renewal_date")
_CURRENT = ("current_subscribe", "current_subscription", "current_plan")
_TIERS = ("plus", "max", "ultra")
_WORST_RANK = len(_TIERS)
_MILLISECONDS_FROM = 1e10
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is known of a subscription; times are aware UTC."""

    plan: str | None = None
    expires_at: datetime | None = None
    renews_at: datetime | None = None


def parse_subscription(document: object) -> Subscription:
    """Read the document. Raises AuthRejected, RequestRefused, and ParseError when it tells none of the three."""
    require_success(document)
    found = Subscription(
        plan=_best_plan(list(_current_texts(document))) or _best_plan(list(_texts(document))),
        expires_at=_first_moment(document, EXPIRY_FIELDS),
        renews_at=_first_moment(document, RENEWAL_FIELDS),
    )
    if found == Subscription():
        raise ParseError("The MiniMax answer says nothing about a subscription.", path="$")
    return found


def _current_texts(document: object) -> Iterator[str]:
    for key, value in walk(document):
        if any(word in key.lower() for word in _CURRENT):
            yield from _texts(value)


def _texts(document: object) -> Iterator[str]:
    for _, value in walk(document):
        if isinstance(value, str) and value.strip() and len(value) <= _LONGEST_NAME and value.isprintable():
            yield value.strip()


def _best_plan(texts: Sequence[str]) -> str | None:
    """Return the best name of a token plan, else a bare "Plus", "Max" or "Ultra"."""
    ranked = [(rank, len(text), text) for text in texts if (rank := _rank(text)) is not None]
    if ranked:
        return min(ranked, key=lambda item: item[:2])[2]
    return next((text for text in texts if text.lower() in _TIERS), None)


def _rank(text: str) -> int | None:
    lower = text.lower()
    for rank, tier in enumerate(_TIERS):
        if f"tokenplan{tier}" in lower:
            return rank
    return _WORST_RANK if "token plan" in lower and any(tier in lower for tier in _TIERS) else None


def _first_moment(document: object, names: Sequence[str]) -> datetime | None:
    for name in names:
        values = (value for key, value in walk(document) if key == name)
        found = next((found for value in values if (found := _moment(value)) is not None), None)
        if found is not None:
            return found
    return None


def _moment(value: object) -> datetime | None:
    """Read seconds, milliseconds, or a day as MM/DD/YYYY in Beijing."""
    seconds = number(value)
    if seconds is not None:
        return moment(seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds) if seconds > 0 else None
    day = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    return beijing_time(int(day[3]), int(day[1]), int(day[2])) if day else None
