"""The time of the demo: always the same morning, going on from there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

from codexbar_qt.provider_api import Clock

DEMO_MORNING = datetime(2030, 1, 8, 12, tzinfo=UTC)


class DemoClock(Clock):
    """Starts at the moment that the demo answers are written for."""

    def __init__(self) -> None:
        self._started = monotonic()

    def now(self) -> datetime:
        """Return the demo's time, aware UTC."""
        return DEMO_MORNING + timedelta(seconds=monotonic() - self._started)

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(seconds)
