"""The real time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from codexbar_qt.provider_api import Clock


class SystemClock(Clock):
    """Clock of this machine."""

    def now(self) -> datetime:
        """Return the current time, aware UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait on the running event loop."""
        await asyncio.sleep(seconds)
