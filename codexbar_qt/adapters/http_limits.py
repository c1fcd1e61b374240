"""How long, how often and how many at once: the bounds of all requests of this process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Origin(NamedTuple):
    """Where an address points to: `scheme` and `host` in lower case, `port` never left to a default."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Bounds beside those a request names itself; times in seconds.

    `connect_seconds` covers name look-up, connection and TLS. `idle_seconds` is the longest silence while an
    answer is awaited or read. `close_seconds` bounds the good-bye to open connections.
    """

    connect_seconds: float = 10.0
    idle_seconds: float = 20.0
    close_seconds: float = 1.0
    at_once: int = 8
    per_host: int = 2
    redirects: int = 5


class _Gate:
    __slots__ = ("semaphore", "users")

    def __init__(self, width: int) -> None:
        self.semaphore = asyncio.Semaphore(width)
        self.users = 0


class RequestSlots:
    """Lets `at_once` requests run, `per_host` of them to one origin; the others wait in order of arrival."""

    def __init__(self, limits: HttpLimits) -> None:
        self._all = asyncio.Semaphore(limits.at_once)
        self._per_host = limits.per_host
        self._gates: dict[Origin, _Gate] = {}

    @asynccontextmanager
    async def slot(self, origin: Origin) -> AsyncIterator[None]:
        """Hold one slot for a transfer to `origin`.

        The origin's own slot comes first, so that a queue at one host never blocks the others.
        """
        gate = self._gates.setdefault(origin, _Gate(self._per_host))
        gate.users += 1
        try:
            async with gate.semaphore, self._all:
                yield
        finally:
            gate.users -= 1
            if not gate.users:
                del self._gates[origin]
