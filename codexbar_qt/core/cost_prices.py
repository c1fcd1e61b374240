"""The price table in force: built in, people's own prices, and models.dev for those who turned it on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codexbar_qt.core.private_file import PrivateFile
from codexbar_qt.cost import custom_prices, price_catalogue
from codexbar_qt.cost.price_book import price_book
from codexbar_qt.cost.price_catalogue import COPY_NAME, URL
from codexbar_qt.cost.prices import PriceTable, built_in_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.core.private_file import FileCalls
    from codexbar_qt.cost.price_book import PriceBook
    from codexbar_qt.provider_api import HttpClient

_log = logging.getLogger(__name__)
_SERVICE = "models.dev"
_LIMIT_SECONDS = 5.0
_LOCK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class PriceFolders:
    """Where the copy of the catalogue is kept, and where people put prices of their own."""

    cache: Path
    data: Path


class CostPrices:
    """Reads the price files. Nothing raises: what cannot be used is left out, and told where people wrote it."""

    def __init__(
        self,
        folders: PriceFolders,
        http: Callable[[], HttpClient] | None,
        *,
        is_catalogue_on: Callable[[], bool],
        now: Callable[[], datetime],
        calls: FileCalls | None = None,
    ) -> None:
        self._copy = PrivateFile(folders.cache / COPY_NAME, calls, lock_seconds=_LOCK_SECONDS)
        self._custom = PrivateFile(folders.data / custom_prices.FILE_NAME, calls)
        self._http = http
        self._is_catalogue_on = is_catalogue_on
        self._now = now
        self._asked_at: datetime | None = None
        self._known: tuple[datetime, PriceBook] | None = None
        self._asking = asyncio.Lock()

    async def table(self) -> PriceTable:
        """Return the prices. With the catalogue on its copy is renewed once a day, in 5 s or not at all."""
        catalogue = await self._catalogue() if self._is_catalogue_on() else None
        return await asyncio.to_thread(self._read, catalogue)

    async def forget(self) -> int:
        """Remove the copy of the catalogue; return how many files that were. Raises OSError."""
        return await asyncio.to_thread(self._remove_copy)

    async def _catalogue(self) -> PriceBook | None:
        async with self._asking:
            kept = await asyncio.to_thread(self._read_copy) or self._known
            now = self._now()
            is_kept = kept is not None and price_catalogue.is_fresh(kept[0], now)
            was_asked = self._asked_at is not None and price_catalogue.is_fresh(self._asked_at, now)
            if not is_kept and not was_asked and self._http is not None:
                self._asked_at = now
                kept = await self._renew(self._http()) or kept
            self._known = kept
        return None if kept is None else kept[1]

    async def _renew(self, http: HttpClient) -> tuple[datetime, PriceBook] | None:
        from codexbar_qt.provider_api import HttpRequest, ProviderError  # most people never turn it on

        request = HttpRequest("GET", URL, _SERVICE, timeout=_LIMIT_SECONDS, max_bytes=price_catalogue.MAX_BYTES)
        try:
            async with asyncio.timeout(_LIMIT_SECONDS):
                answer = await http.send(request)
        except (ProviderError, TimeoutError) as error:
            _log.debug("The price catalogue did not answer: %s", type(error).__name__)
            return None
        if answer.status != 200:
            _log.debug("The price catalogue answered with status %d.", answer.status)
            return None
        return await asyncio.to_thread(self._keep, answer.body, answer.received_at)

    def _keep(self, body: bytes, fetched_at: datetime) -> tuple[datetime, PriceBook] | None:
        prices = price_catalogue.decode_catalogue(body, fetched_at)
        if prices is None:
            _log.debug("The price catalogue holds no prices of both providers.")
            return None
        try:
            with self._copy.locked():
                self._copy.write(price_catalogue.encode_copy(prices, fetched_at))
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            _log.info("The price catalogue could not be kept: %s", type(error).__name__)
        return fetched_at, price_book(prices)

    def _read_copy(self) -> tuple[datetime, PriceBook] | None:
        try:
            found = self._copy.read(price_catalogue.MAX_COPY_BYTES)
        except OSError:
            return None
        return None if found is None else price_catalogue.decode_copy(found[0])

    def _remove_copy(self) -> int:
        target = self._copy.target
        is_there = target.exists()
        target.unlink(missing_ok=True)
        target.with_name(f"{target.name}.lock").unlink(missing_ok=True)
        return int(is_there)

    def _read(self, catalogue: PriceBook | None) -> PriceTable:
        table = replace(built_in_table(), catalogue=catalogue)
        try:
            found = self._custom.read(custom_prices.MAX_BYTES)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            note = f"{custom_prices.FILE_NAME} could not be read: {reason}. Check the file and its rights."
            return replace(table, notes=(note,))
        if found is None:
            return table
        custom, problem = custom_prices.decode_custom_prices(found[0])
        return replace(table, custom=custom, notes=(problem,) if problem else ())
