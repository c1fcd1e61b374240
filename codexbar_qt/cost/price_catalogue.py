"""The public price list https://models.dev/api.json, reduced to what is asked of it, and the copy kept of it. Pure.

The source gives dollars per million tokens as `cost.input`, `output`, `cache_read`, `cache_write` of a model, and once
more under `cost.context_over_200k` for long prompts (models.dev, "API").
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.price_book import FamilyPrices, PriceBook, PriceFile, PriceRow, Prices, price_book

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "https://models.dev/api.json"
COPY_NAME = "price-catalogue.json"
MAX_BYTES = 16 * 1024 * 1024
MAX_COPY_BYTES = 2 * 1024 * 1024
FRESH_SECONDS = 24 * 3600
_MAX_MODELS = 2000
_VERSION = 1


class _Model(msgspec.Struct, frozen=True):
    cost: msgspec.Raw = msgspec.Raw(b"null")


class _Provider(msgspec.Struct, frozen=True):
    models: dict[str, _Model]


class _Answer(msgspec.Struct, frozen=True):
    anthropic: _Provider
    openai: _Provider


class _Cost(Prices, frozen=True, kw_only=True):
    context_over_200k: Prices | None = None


class _Copy(msgspec.Struct, frozen=True):
    version: int
    fetched_at: datetime
    prices: PriceFile


def decode_catalogue(body: bytes, fetched_at: datetime) -> PriceFile | None:
    """Return the prices of both families, None unless both have some. Takes time in proportion to the body."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    claude = _rows(answer.anthropic.models, needs_cache=True)
    codex = _rows(answer.openai.models, needs_cache=False)
    if not claude or not codex:
        return None
    families = {"claude": FamilyPrices(rows=claude, cache_write_1h=2), "codex": FamilyPrices(rows=codex)}
    return PriceFile(fetched_at.astimezone(UTC).date().isoformat(), families)


def encode_copy(prices: PriceFile, fetched_at: datetime) -> bytes:
    """Return what is kept on disk."""
    return msgspec.json.encode(_Copy(_VERSION, fetched_at, prices))


def decode_copy(data: bytes) -> tuple[datetime, PriceBook] | None:
    """Return when the catalogue was fetched and what it says; None for anything but a copy of ours."""
    try:
        copy = msgspec.json.decode(data, type=_Copy)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if copy.version != _VERSION or copy.fetched_at.tzinfo is None:
        return None
    return copy.fetched_at, price_book(copy.prices)


def is_fresh(fetched_at: datetime, now: datetime) -> bool:
    """Whether a copy needs no refresh yet; one from the future does."""
    return 0 <= (now - fetched_at).total_seconds() < FRESH_SECONDS


def _rows(models: Mapping[str, _Model], *, needs_cache: bool) -> list[PriceRow]:
    rows = (_row(name, model, needs_cache=needs_cache) for name, model in list(models.items())[:_MAX_MODELS])
    return [row for row in rows if row is not None]


def _row(name: str, model: _Model, *, needs_cache: bool) -> PriceRow | None:
    """Return the prices of a model, None when one that its family needs is missing: half of a price would mislead."""
    try:
        cost = msgspec.json.decode(model.cost, type=_Cost | None)
    except msgspec.MsgspecError:
        return None
    lanes = [] if cost is None else [cost, *filter(None, [cost.context_over_200k])]
    if cost is None or not 0 < len(name) <= 200 or (needs_cache and any(_lacks_cache(lane) for lane in lanes)):
        return None
    return PriceRow(
        models=[name],
        input=cost.input,
        output=cost.output,
        cache_read=cost.cache_read,
        cache_write=cost.cache_write,
        long=cost.context_over_200k,
    )


def _lacks_cache(prices: Prices) -> bool:
    return prices.cache_read is None or prices.cache_write is None
