"""The usage events of one log in one array of numbers: a small part of what an object for each would take."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from codexbar_qt.cost.codex.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = len(Usage._fields)
_TOTAL = 3
_LAST = _TOTAL + _FIELDS
_WIDTH = _LAST + _FIELDS
_HAS_TOTAL, _HAS_LAST, _IS_FAST, _MODEL_SHIFT = 1, 2, 4, 3


class Row(NamedTuple):
    """One event: milliseconds since 1970 (UTC), the model's place in the log's list, and how often it was repeated."""

    at: int
    model: int
    is_fast: bool
    total: Usage | None
    last: Usage | None
    copies: int


class Rows:
    """Events in the order of the log. `packed` is what `packed()` gave, on the same machine."""

    def __init__(self, packed: bytes = b"") -> None:
        self._numbers = array("q", packed)
        self._places: dict[bytes, int] = {}
        self._are_places_known = False
        self._latest: int | None = None

    def __len__(self) -> int:
        return len(self._numbers) // _WIDTH

    def __iter__(self) -> Iterator[Row]:
        numbers = self._numbers
        for start in range(0, len(numbers), _WIDTH):
            at, code, copies, *usages = numbers[start : start + _WIDTH]
            yield Row(
                at,
                code >> _MODEL_SHIFT,
                bool(code & _IS_FAST),
                Usage(*usages[:_FIELDS]) if code & _HAS_TOTAL else None,
                Usage(*usages[_FIELDS:]) if code & _HAS_LAST else None,
                copies,
            )

    def packed(self) -> bytes:
        """Return the rows as bytes."""
        return self._numbers.tobytes()

    def times(self) -> list[int]:
        """Return when each event was."""
        return self._numbers[::_WIDTH].tolist()

    def add(self, row: Row) -> None:
        """Append an event."""
        code = row.model << _MODEL_SHIFT | bool(row.is_fast) * _IS_FAST
        code |= (row.total is not None) * _HAS_TOTAL | (row.last is not None) * _HAS_LAST
        if row.total is not None:
            self._latest = len(self)
            if self._are_places_known:
                self._places[_key(row.total)] = self._latest
        self._numbers.extend((row.at, code, row.copies, *(row.total or Usage()), *(row.last or Usage())))

    def add_copy(self, place: int) -> None:
        """Note that an event was repeated."""
        self._numbers[place * _WIDTH + 2] += 1

    def place_of(self, total: Usage) -> int | None:
        """Return where a cumulative total stands, None when it was not seen."""
        key, latest = _key(total), self._latest_place()
        if latest is None or self._key_at(latest) == key:
            return latest
        if not self._are_places_known:
            self._places = {self._key_at(place): place for place in range(len(self)) if self._has_total(place)}
            self._are_places_known = True
        return self._places.get(key)

    def _latest_place(self) -> int | None:
        """Return where the latest total stands."""
        if self._latest is None:
            self._latest = next((place for place in reversed(range(len(self))) if self._has_total(place)), None)
        return self._latest

    def _has_total(self, place: int) -> bool:
        return bool(self._numbers[place * _WIDTH + 1] & _HAS_TOTAL)

    def _key_at(self, place: int) -> bytes:
        return self._numbers[place * _WIDTH + _TOTAL : place * _WIDTH + _LAST].tobytes()


def _key(total: Usage) -> bytes:
    return array("q", total).tobytes()
