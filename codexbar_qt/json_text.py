"""JSON as consumers of the command line expect it, byte for byte (cli.md 3); exports are written alike. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

_LARGEST_EXACT = 2.0**53
# What json leaves as it is, only ever in texts: controls above ASCII, marks that turn the direction of what follows.
_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def encode_json(value: object, *, pretty: bool = False) -> str:
    """Return a document followed by a newline; `pretty` indents by two spaces and sorts keys.

    Takes mappings, lists, tuples, texts, numbers, booleans, None and aware times. Whole floats become integers, times
    UTC without fractions and with Z. Characters that steer a terminal are escaped.
    """
    plain = _plain(value)
    if pretty:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    else:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def present(members: Mapping[str, object]) -> dict[str, object]:
    """Return the members that have a value: consumers take an absent key, some of them stumble over a null."""
    return {key: item for key, item in members.items() if item is not None and not _is_no_number(item)}


def time_text(moment: datetime) -> str:
    """Return `2026-07-16T12:00:00Z`; fractions are cut off."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def plain_number(value: float) -> int | float | None:
    """Return a whole number as an integer, None for one JSON has no literal for."""
    if not math.isfinite(value):
        return None
    if float(value).is_integer() and abs(value) < _LARGEST_EXACT:
        return int(value)
    return value


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("list[object]", value)]
    return value


def _is_no_number(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
