"""After an upgrade the process becomes the new program."""

from __future__ import annotations

import os
import sys

import pytest

from codexbar_qt import bootstrap
from codexbar_qt.bootstrap import desktop


def test_it_becomes_its_own_program_without_the_wishes_of_the_first_start(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(os, "execv", lambda program, argv: calls.append((program, argv)))
    monkeypatch.setattr(sys, "argv", ["codexbar-qt", "--settings"])
    bootstrap.start_again(demo=False)
    bootstrap.start_again(demo=True)
    assert calls == [(sys.executable, [sys.executable]), (sys.executable, [sys.executable, "--demo"])]


def test_a_program_that_cannot_be_started_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_program: str, _argv: list[str]) -> None:
        raise OSError("no such program")

    monkeypatch.setattr(os, "execv", refuse)
    assert bootstrap.start_again(demo=False) == 1


@pytest.mark.parametrize(
    ("frozen", "platform", "looks"),
    [(True, "linux", True), (True, "darwin", True), (True, "win32", False), (False, "linux", False)],
)
def test_only_a_frozen_app_looks_whether_it_was_replaced(
    monkeypatch: pytest.MonkeyPatch, frozen: bool, platform: str, looks: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    launch = desktop.build_launch("open", demo=True, selftest=False)
    assert (launch.program is not None) is looks
