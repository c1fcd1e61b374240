"""What a scan has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.file_mark import mark_of
from codexbar_qt.cost.log_files import Inventory, LogFile
from codexbar_qt.cost.plan import Work, make_plan
from codexbar_qt.cost.state_file import StateFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.cost.plan import Plan

KEPT = FileState(6, b"", b"packed")


@pytest.fixture
def state() -> Iterator[StateFile]:
    with StateFile(None, 1) as found:
        yield found


@pytest.fixture
def log(tmp_path: Path, state: StateFile) -> LogFile:
    """A log that is known up to its 6th byte."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"line 1line 2")
    with path.open("rb") as stream:
        kept = FileState(6, mark_of(stream, 6), b"packed")
    file = LogFile(str(path), 12, 100, 7)
    state.save([(file, kept)])
    return file


def plan(state: StateFile, *files: LogFile, budget: int | None = None, refresh: bool = False) -> Plan:
    return make_plan(Inventory(files=list(files)), state, budget, refresh=refresh)


def changed(file: LogFile, size: int = 0, time: int = 0, identity: int = 0) -> LogFile:
    return LogFile(file.path, file.size + size, file.modified_ns + time, file.identity + identity)


def test_a_new_log_is_read(state: StateFile) -> None:
    file = LogFile("/logs/new.jsonl", 5, 1, 1)
    found = plan(state, file)
    assert (found.work, found.counted, found.gone, found.bytes) == ([Work(file)], [], [], 5)


def test_one_that_is_the_same_counts(state: StateFile, log: LogFile) -> None:
    found = plan(state, log)
    assert (found.work, found.counted, found.bytes) == ([], [log], 0)


def test_one_that_has_grown_goes_on(state: StateFile, log: LogFile) -> None:
    file = changed(log, size=8, time=1)
    found = plan(state, file)
    assert found.work == [Work(file, state.load(log.path), log)]
    assert found.bytes == 14


@pytest.mark.parametrize(
    "change", [{"size": -1}, {"time": 1}, {"time": -1}, {"identity": 1}, {"size": 5, "identity": 1}]
)
def test_one_that_has_changed_otherwise_is_read_anew(state: StateFile, log: LogFile, change: dict[str, int]) -> None:
    file = changed(log, **change)
    assert plan(state, file).work == [Work(file, None, log)]


def test_one_that_has_grown_on_another_beginning_is_read_anew(state: StateFile, log: LogFile, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"LINE 1line 2line 3")
    file = changed(log, size=6)
    assert plan(state, file).work == [Work(file, None, log)]


def test_one_that_has_grown_and_cannot_be_looked_at_is_read_anew(
    state: StateFile, log: LogFile, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").unlink()
    file = changed(log, size=6)
    assert plan(state, file).work == [Work(file, None, log)]


def test_a_refresh_reads_everything(state: StateFile, log: LogFile) -> None:
    assert plan(state, log, refresh=True).work == [Work(log, None, log)]


def test_what_is_nowhere_is_gone_and_what_is_elsewhere_is_not(state: StateFile, log: LogFile) -> None:
    gone = LogFile("/logs/gone.jsonl", 1, 1, 1)
    state.save([(gone, KEPT)])
    found = plan(state)
    assert (found.gone, found.counted) == ([gone.path], [])


def test_beyond_the_limit_logs_wait_and_count_as_they_were(state: StateFile, log: LogFile) -> None:
    files = [LogFile(f"/logs/{number}.jsonl", 50, 1, 1) for number in range(3)]
    grown = changed(log, size=200)
    found = plan(state, files[0], grown, files[1], files[2], budget=110)
    assert [work.file for work in found.work] == [files[0], files[1]]
    assert (found.counted, found.postponed, found.bytes) == ([log], 2, 100)


def test_one_log_is_read_whatever_the_limit(state: StateFile) -> None:
    files = [LogFile(f"/logs/{number}.jsonl", 50, 1, 1) for number in range(2)]
    found = plan(state, *files, budget=1)
    assert ([work.file for work in found.work], found.postponed) == ([files[0]], 1)


def test_a_log_that_another_process_has_read_further_has_nothing_left() -> None:
    assert Work(LogFile("/a", 5, 0), FileState(9, b"", b"")).size == 0
