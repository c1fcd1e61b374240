"""The form of a price list: `resources/prices.json`, and the copy that is kept of the catalogue (token-cost.md 6).

In the file prices are dollars per million tokens, as vendors print them. In a `PriceBook` they are micro-dollars per
million tokens: whole numbers, and a token costs that many 1e-12 dollars, so that sums are exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping  # noqa: TC003 - looked up at run time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec

Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Prices(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Dollars per million tokens. Cache prices that are missing are those of input."""

    input: Dollars
    output: Dollars
    cache_read: Dollars | None = None
    cache_write: Dollars | None = None


class PriceRow(Prices, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """The prices of some models: `until` a moment (not included), or for good.

    `long` holds for requests whose prompt is above the threshold of the family; without it nothing changes there.
    `fast` multiplies the cost of requests in the fast mode that are not long.
    """

    models: list[Name]
    until: datetime | None = None
    long: Prices | None = None
    fast: Annotated[float, msgspec.Meta(ge=1, le=100)] = 1


class FamilyPrices(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of one family of logs.

    `long_above` is the threshold in tokens by which scans tell long requests, `cache_write_1h` what a write to the
    cache that lives for an hour costs in terms of input (None: as any other), `aliases` lead to names in the rows.
    """

    rows: list[PriceRow]
    long_above: int | None = None
    cache_write_1h: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    aliases: dict[Name, Name] = {}


class PriceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole price list. `date` is the month ("2026-08") or the day it is from."""

    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
    families: dict[str, FamilyPrices]


@dataclass(frozen=True, slots=True)
class Rates:
    """What tokens cost: micro-dollars per million; None: no price is known for that kind of token.

    `fast_percent` is what the fast mode costs in terms of the ordinary one.
    """

    input: int | None
    output: int | None
    cache_read: int | None
    cache_write: int | None
    cache_write_1h: int | None
    fast_percent: int = 100


@dataclass(frozen=True, slots=True)
class DatedRates:
    """Rates before a moment (seconds since 1970, UTC; infinite for good), for ordinary and for long requests."""

    until: float
    usual: Rates
    long: Rates


@dataclass(frozen=True, slots=True)
class PriceBook:
    """A price list to look things up in, by family and name; the rates of a model are in the order of their time."""

    date: str
    rates: Mapping[tuple[str, str], tuple[DatedRates, ...]] = field(repr=False)
    aliases: Mapping[tuple[str, str], str]


def decode_price_file(data: bytes) -> PriceFile:
    """Return a price list. Raises ValueError (msgspec's) for one that does not have the form."""
    return msgspec.json.decode(data, type=PriceFile)


def price_book(file: PriceFile) -> PriceBook:
    """Return a price list to look things up in."""
    rates: dict[tuple[str, str], list[DatedRates]] = {}
    aliases: dict[tuple[str, str], str] = {}
    for family, prices in file.families.items():
        aliases.update({(family, alias): name for alias, name in prices.aliases.items()})
        for row in prices.rows:
            dated = _dated(row, prices.cache_write_1h)
            for name in row.models:
                rates.setdefault((family, name), []).append(dated)
    ordered = {key: tuple(sorted(rows, key=lambda item: item.until)) for key, rows in rates.items()}
    return PriceBook(file.date, ordered, aliases)


def micro_dollars(dollars: float) -> int:
    """Return dollars in whole micro-dollars."""
    return round(dollars * 1_000_000)


def _dated(row: PriceRow, hour_factor: float | None) -> DatedRates:
    until = math.inf if row.until is None else row.until.timestamp()
    usual = _rates(row, hour_factor, row.fast)
    return DatedRates(until, usual, usual if row.long is None else _rates(row.long, hour_factor, 1))


def _rates(prices: Prices, hour_factor: float | None, fast: float) -> Rates:
    write = prices.input if prices.cache_write is None else prices.cache_write
    return Rates(
        input=micro_dollars(prices.input),
        output=micro_dollars(prices.output),
        cache_read=micro_dollars(prices.input if prices.cache_read is None else prices.cache_read),
        cache_write=micro_dollars(write),
        cache_write_1h=micro_dollars(write if hour_factor is None else prices.input * hour_factor),
        fast_percent=round(fast * 100),
    )
