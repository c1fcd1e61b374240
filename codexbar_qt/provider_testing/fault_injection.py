"""One fault at one place of a recorded case, and the names under which faults are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_testing.fault_contents import shape

if TYPE_CHECKING:
    from collections.abc import Hashable

    from codexbar_qt.provider_testing.case import Case, CommandAnswer, HttpAnswer

ANSWER_FAULTS = (
    "connect refused",
    "DNS failure",
    "TLS failure",
    "reset mid-body",
    "stall past the limit",
    "401",
    "403",
    "404",
    "429 with seconds",
    "429 with a date",
    "429 bare",
    "500",
    "503",
    "empty body",
    "login page",
    "truncated JSON",
    "wrong type at a leaf",
    "null at a leaf",
    "deep nesting",
    "20 MB body",
    "gzip bomb",
    "redirect elsewhere",
    "redirect loop",
)
PROGRAM_FAULTS = (
    "program missing",
    "program exits with 1",
    "program prints nothing",
    "program prints garbage",
    "program prints for ever",
    "program hangs",
    "program leaves a child",
    "program's JSON damaged",
)
FILE_FAULTS = (
    "file missing",
    "file unreadable",
    "file empty",
    "file binary",
    "file huge",
    "file's content damaged",
)
FAULTS = (*ANSWER_FAULTS, *PROGRAM_FAULTS, *FILE_FAULTS)


@dataclass(frozen=True, slots=True)
class Injection:
    """`case` is the recorded one with the fault in it, `place` says where; `fault` is one of FAULTS.

    `stalled` is the part of `case` that never comes back; with `patient` not even the port's own limit ends the wait.
    `repeats_texts`: the fault puts texts of the request into data, and data may be shown.
    """

    fault: str
    place: str
    case: Case
    stalled: HttpAnswer | CommandAnswer | None = None
    patient: bool = False
    repeats_texts: bool = False


class Seen:
    """Remembers documents, so that each is damaged in every way once, and in one way per place from then on.

    Documents that differ in their values only are one.
    """

    def __init__(self) -> None:
        self._known: set[tuple[str, Hashable]] = set()
        self._turns = Counter[str]()

    def turn(self, place: str) -> int:
        """Return how often this place was asked about before."""
        self._turns[place] += 1
        return self._turns[place] - 1

    def is_new(self, place: str, text: str | bytes) -> bool:
        """Whether no text of this shape was seen at this place (a path, an address without its query) before."""
        key = (place, shape(text))
        if key in self._known:
            return False
        self._known.add(key)
        return True
