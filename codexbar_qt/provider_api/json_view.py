"""Typed reads from untyped JSON; an error carries the path, never the value."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api.errors import ParseError
from codexbar_qt.provider_api.text import parse_iso_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class JsonView:
    """A place inside a JSON document.

    `view["key"]` goes down (ParseError when the key is missing or the place is not an object); `view.get("key")` gives
    None for missing or null. Reads such as `view.number()` raise ParseError naming the path when the type is wrong.
    """

    __slots__ = ("_path", "_value")

    def __init__(self, value: object, path: str = "$") -> None:
        self._value: object = value
        self._path = path

    @classmethod
    def from_text(cls, text: str | bytes) -> JsonView:
        """Decode a document; ParseError when it is not JSON (NaN and Infinity are refused)."""
        try:
            return cls(json.loads(text, parse_constant=_refuse_constant))
        except RecursionError:
            raise ParseError("The answer is nested too deeply.", path="$") from None
        except ValueError:
            raise ParseError("The answer is not valid JSON.", path="$") from None

    @property
    def path(self) -> str:
        """Where this view stands, for messages."""
        return self._path

    @property
    def raw(self) -> object:
        """The untyped value."""
        return self._value

    def is_null(self) -> bool:
        """Whether the value is null."""
        return self._value is None

    def is_object(self) -> bool:
        """Whether the value is an object."""
        return isinstance(self._value, dict)

    def __getitem__(self, key: str) -> JsonView:
        value = self.get(key)
        if value is None:
            raise ParseError(f"The answer has no {self._path}.{key}.", path=f"{self._path}.{key}")
        return value

    def get(self, key: str) -> JsonView | None:
        """Go down to `key`; None when missing or null. ParseError when this is not an object."""
        value = self._value
        if not isinstance(value, dict):
            raise self._wrong("an object")
        child = cast("dict[str, object]", value).get(key)
        return None if child is None else JsonView(child, f"{self._path}.{key}")

    def items(self) -> Iterator[JsonView]:
        """Go through an array. ParseError when this is not one."""
        value = self._value
        if not isinstance(value, list):
            raise self._wrong("a list")
        for index, child in enumerate(cast("list[object]", value)):
            yield JsonView(child, f"{self._path}[{index}]")

    def number(self) -> float:
        """Read a finite JSON number; a string or a boolean is a ParseError."""
        if isinstance(self._value, bool) or not isinstance(self._value, int | float):
            raise self._wrong("a number")
        return self._finite(self._value)

    def integer(self) -> int:
        """Read a whole number; 3.0 counts as 3."""
        number = self.number()
        if not number.is_integer():
            raise self._wrong("a whole number")
        return int(self._value) if isinstance(self._value, int) else int(number)

    def loose_number(self) -> float:
        """Read a number that may be written as a string."""
        if isinstance(self._value, str):
            try:
                return self._finite(float(self._value.strip()))
            except ValueError:
                raise self._wrong("a number") from None
        return self.number()

    def string(self) -> str:
        """Read a string."""
        if not isinstance(self._value, str):
            raise self._wrong("a text")
        return self._value

    def boolean(self) -> bool:
        """Read true or false."""
        if not isinstance(self._value, bool):
            raise self._wrong("true or false")
        return self._value

    def time(self) -> datetime:
        """Read an ISO 8601 time as aware UTC; a time without a zone counts as UTC."""
        moment = parse_iso_time(self.string())
        if moment is None:
            raise self._wrong("a time")
        return moment

    def _finite(self, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            raise self._wrong("a finite number") from None
        if not math.isfinite(number):
            raise self._wrong("a finite number")
        return number

    def _wrong(self, expected: str) -> ParseError:
        return ParseError(f"The answer has something other than {expected} at {self._path}.", path=self._path)


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
