"""Compares a result with the `expect` object of a case."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api import parse_iso_time

if TYPE_CHECKING:
    from codexbar_qt.provider_api import ProviderError
    from codexbar_qt.provider_api.fallback import FetchResult

_STEP = re.compile(r"([a-z_]+)|\[([^\]]+)\]")
_NOTHING = object()
_OUTCOME_KEYS = (
    "source",
    "error",
    "message",
    "message_has",
    "message_lacks",
    "attempts",
    "tray_text",
    "cached_cookie",
    "log_has",
)


def check_result(result: FetchResult, expect: Mapping[str, object]) -> list[str]:
    """Return one sentence per difference between a result and what a case expects.

    Keys: `source`, `attempts` (list of "api" or "api:AuthRejected"), `error` (class name), `error.<field>`,
    `message`, `message_has`, `message_lacks`, and dotted paths into the snapshot, where [0] or [Title] goes
    into a list. `tray_text` and `log_has` are looked at by the runner.
    """
    problems = _check_attempts(result, expect)
    if result.error is not None:
        return problems + _check_error(result.error, expect)
    if "error" in expect:
        problems.append(f"expected {expect['error']}, got a snapshot")
    if "source" in expect and result.source != expect["source"]:
        problems.append(f"source is {result.source}, expected {expect['source']}")
    for path, wanted in expect.items():
        if path not in _OUTCOME_KEYS and not path.startswith("error."):
            problems += check_value(path, look_up(result.snapshot, path), wanted)
    return problems


def look_up(value: object, path: str) -> object:
    """Follow a dotted path; `[2]` takes an item by place, `[Today]` by its id, title or label."""
    for name, index in _STEP.findall(path):
        value = getattr(value, name, _NOTHING) if name else _item(value, index)
        if value is _NOTHING:
            break
    return value


def check_value(path: str, actual: object, wanted: object) -> list[str]:
    """Compare one value. Objects are compared by the keys the case names, lists in full."""
    if actual is _NOTHING:
        return [f"{path} does not exist"]
    if isinstance(wanted, Mapping):
        return _check_mapping(path, actual, cast("Mapping[str, object]", wanted))
    if isinstance(wanted, list):
        return _check_list(path, actual, cast("list[object]", wanted))
    if isinstance(wanted, str) and isinstance(actual, datetime):
        same = actual.tzinfo is not None and actual == parse_iso_time(wanted)
    elif isinstance(actual, timedelta):
        same = actual.total_seconds() == wanted
    elif isinstance(actual, date):
        same = actual.isoformat() == wanted
    elif _is_number(actual) and _is_number(wanted):
        same = math.isclose(cast("float", actual), cast("float", wanted), rel_tol=1e-9, abs_tol=1e-9)
    else:
        same = type(actual) is type(wanted) and actual == wanted
    return [] if same else [f"{path} is {_shown(actual)}, expected {_shown(wanted)}"]


def _check_error(error: ProviderError, expect: Mapping[str, object]) -> list[str]:
    kind = type(error).__name__
    if "error" not in expect:
        return [f"expected a snapshot, got {kind}: {error.message}"]
    problems = [f"error is {kind}, expected {expect['error']}: {error.message}"] if kind != expect["error"] else []
    if "message" in expect and error.message != expect["message"]:
        problems.append(f"message is {error.message!r}, expected {expect['message']!r}")
    problems += [
        f"message lacks {text!r}: {error.message!r}"
        for text in texts_of(expect, "message_has")
        if text not in error.message
    ]
    problems += [
        f"message has {text!r}: {error.message!r}"
        for text in texts_of(expect, "message_lacks")
        if text in error.message
    ]
    for path, wanted in expect.items():
        if path.startswith("error."):
            problems += check_value(path, look_up(error, path.removeprefix("error.")), wanted)
        elif path not in _OUTCOME_KEYS:
            problems.append(f"{path} cannot be checked: the fetch failed with {kind}")
    return problems


def _check_attempts(result: FetchResult, expect: Mapping[str, object]) -> list[str]:
    if "attempts" not in expect:
        return []
    told = [
        attempt.strategy.shown_source + (f":{type(attempt.error).__name__}" if attempt.error else "")
        for attempt in result.attempts
    ]
    return [] if told == expect["attempts"] else [f"attempts are {told}, expected {expect['attempts']}"]


def _check_mapping(path: str, actual: object, wanted: Mapping[str, object]) -> list[str]:
    if "near" in wanted:
        near, within = cast("float", wanted["near"]), cast("float", wanted.get("within", 0.01))
        good = _is_number(actual) and abs(cast("float", actual) - near) <= within
        return [] if good else [f"{path} is {_shown(actual)}, expected {near} within {within}"]
    if "matches" in wanted:
        good = isinstance(actual, str) and re.search(str(wanted["matches"]), actual) is not None
        return [] if good else [f"{path} is {_shown(actual)}, expected a text matching {wanted['matches']}"]
    return [
        problem
        for key, item in wanted.items()
        for problem in check_value(f"{path}.{key}", getattr(actual, key, _NOTHING), item)
    ]


def _check_list(path: str, actual: object, wanted: list[object]) -> list[str]:
    if not isinstance(actual, tuple):
        return [f"{path} is {_shown(actual)}, expected a list"]
    items = cast("tuple[object, ...]", actual)
    if len(items) != len(wanted):
        return [f"{path} has {len(items)} items, expected {len(wanted)}: {_shown(items)}"]
    pairs = enumerate(zip(items, wanted, strict=True))
    return [problem for index, (item, want) in pairs for problem in check_value(f"{path}[{index}]", item, want)]


def _item(value: object, index: str) -> object:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return _NOTHING
    items = cast("Sequence[object]", value)
    if index.isdigit():
        return items[int(index)] if int(index) < len(items) else _NOTHING
    named = (item for item in items if index in [getattr(item, name, None) for name in ("id", "title", "label")])
    return next(named, _NOTHING)


def texts_of(expect: Mapping[str, object], key: str) -> list[str]:
    """Return a list of texts that a case expects under `key`, empty when it names none."""
    listed = expect.get(key)
    return [str(item) for item in cast("list[object]", listed)] if isinstance(listed, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: object) -> str:
    if is_dataclass(value):
        known = {item.name: getattr(value, item.name) for item in fields(value)}
        return str({name: item for name, item in known.items() if item is not None})
    return value.isoformat() if isinstance(value, date) else repr(value)
