"""Printing to a terminal that is not there any more."""

from __future__ import annotations

import io
import sys

import pytest

from codexbar_qt.ui.console import say


def test_a_line_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    say("hello")
    assert capsys.readouterr().out == "hello\n"


class _Gone(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


@pytest.mark.parametrize("closed", [False, True])
def test_a_terminal_that_went_away_is_no_failure(monkeypatch: pytest.MonkeyPatch, closed: bool) -> None:
    stream = io.StringIO() if closed else _Gone()
    if closed:
        stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    say("hello")
    monkeypatch.setattr(sys, "stdout", None)
    say("hello")
