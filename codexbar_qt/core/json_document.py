"""Text of the two JSON files we share with other programs: tolerant reading, one way of writing."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Never, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 8 * 1024 * 1024


class DocumentError(ValueError):
    """The text is not a usable JSON object; the message names the place, never the content."""


def decode_object(data: bytes) -> dict[str, object]:
    """Read one JSON object from UTF-8, with or without a byte order mark. Raises DocumentError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8"
        raise DocumentError(message) from None
    if not text.strip():
        message = "the file is empty"
        raise DocumentError(message)
    try:
        document = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except DocumentError:
        raise
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}, column {error.colno} is not valid JSON"
        raise DocumentError(message) from None
    except (ValueError, RecursionError):
        message = "it holds a number or a nesting beyond all measure"
        raise DocumentError(message) from None
    fields = as_object(document)
    if fields is None:
        message = "it does not hold a JSON object"
        raise DocumentError(message)
    return fields


def as_object(value: object) -> dict[str, object] | None:
    """Return a decoded JSON value as an object (the same one, not a copy), None when it is none."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[object] | None:
    """Return a decoded JSON value as an array (the same one, not a copy), None when it is none."""
    return cast("list[object]", value) if isinstance(value, list) else None


def is_newer(document: Mapping[str, object], version: int) -> bool:
    """Whether a newer application wrote a document: "version" is a whole number above `version`."""
    found = document.get("version")
    return isinstance(found, int | float) and found > version and found == int(found)


def encode_object(document: Mapping[str, object]) -> bytes:
    """Write JSON as config.md section 12 wants it: UTF-8, two spaces, sorted keys, plain slashes, final newline."""
    try:
        return _dumps(document, ascii_only=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair, escaped in a foreign file: UTF-8 cannot hold it, an escape can.
        return _dumps(document, ascii_only=True).encode()


def _dumps(document: Mapping[str, object], *, ascii_only: bool) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=ascii_only, allow_nan=False) + "\n"


def _refuse_constant(word: str) -> Never:
    message = f"{word} is not a JSON number"
    raise DocumentError(message)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        message = "a number is too large"
        raise DocumentError(message)
    return number
