"""What can be wrong with a text or a JSON document: pieces that others put into answers, files and outputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

ECHO = "@@echo@@"
"""Stands in a body for the headers of the request that it answers: servers show people what they sent."""
PERSON = "someone@example.org"
"""Stands in pages and error documents; messages and logs name no addresses of people."""
_OVERFLOW = "@@overflow@@"
MOST_LEAVES = 200
MOST_CONTAINERS = 50
_DEEP = 100_000
_READABLE_DEPTH = 300

LOGIN_PAGE = (
    f"<!DOCTYPE html><html><head><title>Sign in</title></head><body>{PERSON} {ECHO}<form action='/login' method='post'>"
    "<input name='password' type='password'></form></body></html>"
)
_SAID = f"Denied for {PERSON}. {ECHO}"
ERROR_DOCUMENT: Mapping[str, object] = {
    "success": False,
    "code": 4711,
    "error": {"code": 4711, "message": _SAID, "status": _SAID},
    "errors": [{"message": _SAID}, _SAID],
    "message": _SAID,
    "msg": _SAID,
    "detail": _SAID,
    "error_description": _SAID,
}

Path = tuple[str | int, ...]
SCALARS: tuple[object, ...] = (ECHO, 7, True, [], {})
NUMBERS: tuple[object, ...] = (-1, 1e308, 10**400, _OVERFLOW, "NaN", "-1e999")


def decode(text: str | bytes) -> tuple[object] | None:
    """Return the document in a one-tuple, None when `text` is not JSON with something in it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return (cast("object", found),) if isinstance(found, dict | list) and found else None


def shape(text: str | bytes) -> Hashable:
    """Return what is the same for documents that differ in their values only, for other texts the text."""
    found = decode(text)
    if found is None:
        return text
    return frozenset((_form(path), type(value), _is_number(value)) for path, value in _walk(found[0], ()))


def encode(document: object) -> str:
    """Write a document; the place holders of numbers that Python does not have become those numbers."""
    return json.dumps(document).replace(f'"{_OVERFLOW}"', "1e400")


def wrong_types(document: object, *, thorough: bool = True) -> Iterator[tuple[str, str]]:
    """Replace every place in turn by a text, a number, a truth value, a list, an object, an odd number.

    Numbers, as numbers or as texts, meet all odd ones. Yields the place with its new value, and the document. Of more
    than MOST_LEAVES leaves every nth is taken. Without `thorough` each place gets one wrong value only, or null, the
    next place the next one.
    """
    for turn, (path, value) in enumerate(_places(document)):
        shown, odd = repr(value), NUMBERS if _is_number(value) else (NUMBERS[turn % len(NUMBERS)],)
        others = [other for other in (*SCALARS, *odd) if repr(other) != shown]
        for other in others if thorough else [[*others, None][turn % (len(others) + 1)]]:
            yield f"{_spelled(path)} = {_named(other)}", encode(_with(document, path, other))


def nulls(document: object, *, thorough: bool = True) -> Iterator[tuple[str, str]]:
    """Replace every place in turn by null; none without `thorough`, see `wrong_types`."""
    for path, value in _places(document) if thorough else ():
        if value is not None:
            yield f"{_spelled(path)} = null", encode(_with(document, path, None))


def truncated(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text in the middle, and just before its end."""
    yield "cut in the middle", text[: len(text) // 2]
    if len(text.rstrip()) > 1:
        yield "without its last character", text.rstrip()[:-1]


def deep_nesting(document: object | None, *, thorough: bool = True) -> Iterator[tuple[str, str]]:
    """Nest deeper than a parser goes; with `thorough` also the first places of `document` as deep as it still goes."""
    yield "lists in lists", "[" * _DEEP + "]" * _DEEP
    yield "objects in objects", '{"a":' * _DEEP
    deep: object = 1
    for level in range(_READABLE_DEPTH):
        deep = [deep] if level % 2 else {"a": deep}
    if document is not None and thorough:
        for path, _ in list(_places(document))[:8]:
            yield f"{_spelled(path)} is nested", encode(_with(document, path, deep))


def _places(document: object) -> Iterator[tuple[Path, object]]:
    every = list(_walk(document, ()))
    leaves = [item for item in every if not isinstance(item[1], dict | list)]
    containers = [item for item in every if isinstance(item[1], dict | list)]
    yield from _sample(containers, MOST_CONTAINERS)
    yield from _sample(leaves, MOST_LEAVES)


def _is_number(value: object) -> bool:
    text = isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdecimal()
    return text or (isinstance(value, int | float) and not isinstance(value, bool))


def _sample(found: Sequence[tuple[Path, object]], most: int) -> Iterator[tuple[Path, object]]:
    count = min(len(found), most)
    return (found[index * len(found) // count] for index in range(count))


def _walk(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _walk(item, (*path, index))


def _with(document: object, path: Path, value: object) -> object:
    """Return a copy of `document` with `value` at `path`; what is beside the path is shared."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(document, dict):
        members = cast("dict[str, object]", document)
        return {**members, str(step): _with(members[str(step)], rest, value)}
    items = list(cast("list[object]", document))
    items[int(step)] = _with(items[int(step)], rest, value)
    return items


def _form(path: Path) -> Path:
    return tuple("[]" if isinstance(step, int) else step for step in path)


def _spelled(path: Path) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _named(value: object) -> str:
    return {ECHO: "a text", _OVERFLOW: "1e400"}.get(value, value) if isinstance(value, str) else repr(value)[:20]
