"""What people are told about what is not in the totals."""

from __future__ import annotations

from typing import get_args

from codexbar_qt.cost.values import LeftOut, LeftOutKind
from codexbar_qt.cost.wording import left_out_sentence, left_out_sentences


def test_one_and_many() -> None:
    assert left_out_sentence(LeftOut("unreadable_file", 1)) == "1 file could not be read."
    assert left_out_sentence(LeftOut("unreadable_file", 2)) == "2 files could not be read."
    assert left_out_sentence(LeftOut("future_row", 1)) == "1 request is dated after today and was left out."
    assert left_out_sentence(LeftOut("long_line", 1234)) == "1,234 lines longer than 512 KiB were left out."


def test_every_kind_has_its_sentences() -> None:
    for kind in get_args(LeftOutKind):
        one, many = (left_out_sentence(LeftOut(kind, count)) for count in (1, 4321))
        assert one.endswith(".")
        assert many.endswith(".")
        assert kind == "unsaved_state" or ("1 " in one and "4,321 " in many and one != many)


def test_what_did_not_happen_is_not_told() -> None:
    items = (LeftOut("postponed_file", 0), LeftOut("broken_line", 1))
    assert left_out_sentences(items) == ("1 line is no valid JSON and was left out.",)
