"""What the fetches of one account hand to the next ones: in memory only, few, and each for a limited time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import SessionMemory

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import Clock, Secret

MOST_KEYS = 8


class TimedMemory(SessionMemory):
    """Forgets a value when its time has passed, and the oldest when there are more than 8."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[Secret, datetime]] = {}

    def recall(self, key: str) -> Secret | None:
        """Return what was remembered, None when nothing was or its time has passed."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        value, until = kept
        if until <= self._clock.now():
            self.forget(key)
            return None
        return value

    def remember(self, key: str, value: Secret, *, until: datetime) -> None:
        """Keep a value until a moment."""
        self._kept.pop(key, None)
        while len(self._kept) >= MOST_KEYS:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (value, until)

    def forget(self, key: str) -> None:
        """Drop a value."""
        self._kept.pop(key, None)


class SessionMemories:
    """The memories of all accounts of this process; a provider's are forgotten when its settings change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._memories: dict[tuple[str, str, str], TimedMemory] = {}

    def of(self, provider_id: str, account_id: str, scope_id: str) -> TimedMemory:
        """Return the memory of a part of an account; "" for an entry without accounts and for the person's own part."""
        return self._memories.setdefault((provider_id, account_id, scope_id), TimedMemory(self._clock))

    def forget(self, provider_id: str) -> None:
        """Drop all memories of a provider. A fetch that still runs keeps writing into the one it was given."""
        for key in [key for key in self._memories if key[0] == provider_id]:
            del self._memories[key]
