"""Which of its own processes a frozen app is."""

from __future__ import annotations

import pytest

from codexbar_qt.adapters.process_guard import GUARD_FLAG
from codexbar_qt.bootstrap.own_processes import run_own_process
from codexbar_qt.cost.process_flags import READER_FLAG, WORKER_FLAG


@pytest.mark.parametrize("argv", [[], ["usage"], ["--version"], ["--cost-worke"], ["usage", WORKER_FLAG]])
def test_most_command_lines_are_not_ours(argv: list[str]) -> None:
    assert run_own_process(argv) is None


@pytest.mark.parametrize(
    ("flag", "main"),
    [
        (WORKER_FLAG, "codexbar_qt.cost.worker.main"),
        (READER_FLAG, "codexbar_qt.cost.reading_process.main"),
    ],
)
def test_readers_of_logs(flag: str, main: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, lambda: 5)
    assert run_own_process([flag]) == 5


def test_the_guard_gets_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexbar_qt.adapters.process_guard.main", len)
    assert run_own_process([GUARD_FLAG, "a", "b"]) == 2
