"""Whether values of the contract are made of what it says: nobody checks the types of a plugin before it runs."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from codexbar_qt import provider_api
from codexbar_qt.provider_api import CostSummary, SpendRow

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Snapshot


def has_declared_types(value: object) -> bool:
    """Whether every field of a dataclass of the contract, and of all below, has the type it is declared with.

    Functions only have to be callable. What is no number (NaN) is no float here.
    """
    return _matches(value, type(value))


def is_sound(snapshot: Snapshot) -> bool:
    """Whether a snapshot can be shown: one wrong type would take the cards of all other providers along.

    Of the rows of spend only their kind is looked at; there may be ten thousand.
    """
    spend = cast("object", snapshot.spend)
    if spend is not None:
        if not isinstance(spend, CostSummary) or not _are_rows(spend.rows):
            return False
        snapshot = replace(snapshot, spend=replace(spend, rows=()))
    return has_declared_types(snapshot)


def _matches(value: object, declared: Any) -> bool:
    origin, parts = _parts(declared)
    if origin is tuple:
        return isinstance(value, tuple) and _is_row(cast("tuple[object, ...]", value), parts)
    if origin is Literal:
        return value in parts
    if origin is type:
        return isinstance(value, type) and issubclass(value, parts[0])
    if origin is Union or getattr(origin, "__name__", "") == "UnionType":
        return any(_matches(value, part) for part in parts)
    return _is_one(value, origin or declared)


def _is_one(value: object, kind: Any) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not math.isnan(value)
    if not isinstance(value, kind):
        return False
    if not is_dataclass(value) or isinstance(value, type):
        return True
    return all(_matches(getattr(value, name), declared) for name, declared in _hints(type(value)))


def _are_rows(found: object) -> bool:
    return isinstance(found, tuple) and all(isinstance(row, SpendRow) for row in cast("tuple[object, ...]", found))


def _is_row(values: tuple[object, ...], parts: tuple[Any, ...]) -> bool:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return all(_matches(value, parts[0]) for value in values)
    return len(values) == len(parts) and all(_matches(value, part) for value, part in zip(values, parts, strict=True))


@lru_cache(maxsize=512)
def _parts(declared: Any) -> tuple[Any, tuple[Any, ...]]:
    return get_origin(declared), get_args(declared)


@lru_cache(maxsize=64)
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    # Some names in the annotations are imported for type checkers only; the contract as a whole has all of them.
    hints = get_type_hints(kind, localns=vars(provider_api))
    return tuple((field.name, hints[field.name]) for field in fields(kind))
