"""Prices that people set themselves for Codex models: `custom-pricing.json` (token-cost.md 6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from codexbar_qt.cost.model_names import OPENAI
from codexbar_qt.cost.price_book import Rates, micro_dollars

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "custom-pricing.json"
MAX_BYTES = 1024 * 1024
FAMILY = "codex"

_Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    """Dollars per million tokens; one that is missing is not known."""

    input: _Dollars | None = None
    output: _Dollars | None = None
    cache_read: _Dollars | None = None
    cache_write: _Dollars | None = None


def decode_custom_prices(data: bytes) -> tuple[dict[str, Rates], str]:
    """Return rates by name in lower case, and what is wrong with the file, "" for nothing; a wrong file has no rates.

    They are the same for long requests and in the fast mode.
    """
    if len(data) > MAX_BYTES:
        return {}, f"{FILE_NAME} was ignored: it is larger than 1 MiB. Make it smaller."
    try:
        entries = msgspec.json.decode(data, type=dict[str, _Entry])
    except msgspec.ValidationError as error:
        return {}, f"{FILE_NAME} was ignored: {_reason(error)}. Correct it or remove the file."
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}, f"{FILE_NAME} was ignored: it is not valid JSON. Correct it or remove the file."
    return {name.strip().lower(): _rates(entry) for name, entry in entries.items()}, ""


def custom_rates(custom: Mapping[str, Rates], logged: str, looked_up: tuple[str, ...]) -> Rates | None:
    """Return the rates of a model by its name as logged, without `openai/` or with it, or as it is looked up."""
    name = logged.strip()
    bare = name.removeprefix(OPENAI)
    candidates = [name, bare, *looked_up]
    if "/" not in bare:
        candidates += [OPENAI + item for item in (bare, *looked_up)]
    return next((custom[item.lower()] for item in candidates if item.lower() in custom), None)


def _reason(error: msgspec.ValidationError) -> str:
    """Say what is wrong without repeating names, of which the file may have any."""
    if "Expected `object`" in str(error):
        return "it must hold an object of models, each an object of prices"
    return "a price is not a number of dollars from 0 to 1,000,000"


def _rates(entry: _Entry) -> Rates:
    write = _rate(entry.cache_write)
    return Rates(_rate(entry.input), _rate(entry.output), _rate(entry.cache_read), write, write)


def _rate(price: float | None) -> int | None:
    return None if price is None else micro_dollars(price)
