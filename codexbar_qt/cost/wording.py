"""What people are told about requests that are not in the totals, one sentence for each kind. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.cost.values import LeftOut, LeftOutKind

_SENTENCES: dict[LeftOutKind, tuple[str, str]] = {
    "unreadable_folder": ("1 folder could not be read.", "{} folders could not be read."),
    "unreadable_file": ("1 file could not be read.", "{} files could not be read."),
    "long_line": (
        "1 line longer than 512 KiB was left out.",
        "{} lines longer than 512 KiB were left out.",
    ),
    "broken_line": ("1 line is no valid JSON and was left out.", "{} lines are no valid JSON and were left out."),
    "unknown_baseline": (
        "1 session was left out because the session it continues was not found.",
        "{} sessions were left out because the sessions they continue were not found.",
    ),
    "postponed_file": ("1 file waits for the next scan.", "{} files wait for the next scan."),
    "future_row": (
        "1 request is dated after today and was left out.",
        "{} requests are dated after today and were left out.",
    ),
    "unsaved_state": (
        "What was read could not be kept, so the next scan takes longer.",
        "What was read could not be kept, so the next scan takes longer.",
    ),
}


def left_out_sentence(item: LeftOut) -> str:
    """Return "2 files could not be read."."""
    one, many = _SENTENCES[item.kind]
    return one if item.count == 1 else many.format(f"{item.count:,}")


def left_out_sentences(items: Iterable[LeftOut]) -> tuple[str, ...]:
    """Return a sentence for each kind that happened."""
    return tuple(left_out_sentence(item) for item in items if item.count > 0)
