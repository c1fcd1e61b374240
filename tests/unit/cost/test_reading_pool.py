"""Reading with real helper processes: the same result, whatever becomes of them, and none of them left."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.claude.family import ClaudeFamily
from codexbar_qt.cost.family import FileState, ScanCancelled
from codexbar_qt.cost.log_files import LogFile
from codexbar_qt.cost.plan import Work
from codexbar_qt.cost.reading_pool import ReadingPool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINE = b'{"type":"assistant","timestamp":"2031-01-05T10:20:30Z","message":{"model":"m","usage":{"input_tokens":%d}}}\n'
SERVE = "from codexbar_qt.cost.reading_process import main; code = main()"
TAKE_ONE = "from codexbar_qt.cost.reading_wire import *; import os, sys, time; receive_order(sys.stdin.buffer)"
FILES = 6


def wait_until(met: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not met():
        assert time.monotonic() < limit, "a condition was not met"
        time.sleep(0.01)


class PatientFamily(ClaudeFamily):
    """Reads its first log here when helpers have done what they do, so that the rest is theirs."""

    def __init__(self, marker: Path) -> None:
        super().__init__()
        self.marker = marker
        self.read_here: list[str] = []

    def read(self, file: LogFile, earlier: FileState | None, checkpoint: Callable[[int], None]) -> FileState:
        wait_until(self.marker.exists)
        self.read_here.append(file.path)
        return super().read(file, earlier, checkpoint)


@pytest.fixture
def family(tmp_path: Path) -> PatientFamily:
    return PatientFamily(tmp_path / "marker")


@pytest.fixture
def work(tmp_path: Path) -> list[Work]:
    """Some logs to read; one of them from the middle on."""
    made = []
    for number in range(FILES):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(LINE % number * (number + 1))
        made.append(Work(LogFile(str(path), path.stat().st_size, 0)))
    half = ClaudeFamily().read(made[5].file, None, lambda _: None)
    with (tmp_path / "5.jsonl").open("ab") as stream:
        stream.write(LINE % 99)
    made[5] = Work(made[5].file, half)
    return made


def helper(family: PatientFamily, code: str) -> tuple[str, ...]:
    """Return the command of a helper that leaves the marker, with its number, when it has run some code."""
    mark = f"open({str(family.marker)!r}, 'w').write(str(os.getpid()))"
    return (sys.executable, "-P", "-c", f"import os\n{code.replace('MARK', mark)}")


def read_all(pool: ReadingPool, family: PatientFamily, work: list[Work]) -> dict[str, object]:
    return {item.file.path: outcome for item, outcome in pool.read(family, work, lambda _: None)}


def expected(work: list[Work]) -> dict[str, object]:
    family = ClaudeFamily()
    return {item.file.path: family.read(item.file, item.earlier, lambda _: None) for item in work}


def assert_gone(family: PatientFamily) -> None:
    number = int(family.marker.read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_helpers_read_the_same(family: PatientFamily, work: list[Work]) -> None:
    passed: list[int] = []
    pool = ReadingPool(2, helper(family, f"{SERVE}; MARK"), worth_a_helper=1)
    found = {item.file.path: outcome for item, outcome in pool.read(family, work, passed.append)}
    assert found == expected(work)
    assert len(family.read_here) == 1
    assert_gone(family)


def test_no_helper_for_little_and_none_without_a_command(family: PatientFamily, work: list[Work]) -> None:
    family.marker.touch()
    assert read_all(ReadingPool(4, helper(family, "MARK")), family, work) == expected(work)
    assert read_all(ReadingPool(4, worth_a_helper=1), family, work) == expected(work)
    assert len(family.read_here) == 2 * FILES
    assert family.marker.read_text() == ""


@pytest.mark.parametrize(
    "code",
    [
        "MARK",
        "MARK; raise SystemExit(3)",
        f"{TAKE_ONE}; MARK; os.kill(os.getpid(), 9)",
        f"{TAKE_ONE}; send(sys.stdout.buffer, Passed(5)); MARK; os.kill(os.getpid(), 9)",
        f"{TAKE_ONE}; sys.stdout.buffer.write(bytes([9, 0, 0, 0, 1])); MARK",
        f"{TAKE_ONE}; sys.stdout.buffer.write(bytes([1, 0, 0, 0, 193])); sys.stdout.flush(); MARK; time.sleep(600)",
    ],
    ids=["ends at once", "fails", "killed", "killed after a block", "half an answer", "no answer at all"],
)
@pytest.mark.skipif(os.name == "nt", reason="signals are not those of Windows")
def test_a_helper_that_fails_gives_its_file_back(family: PatientFamily, work: list[Work], code: str) -> None:
    pool = ReadingPool(2, helper(family, code), worth_a_helper=1)
    assert read_all(pool, family, work) == expected(work)
    assert sorted(family.read_here) == sorted(item.file.path for item in work)
    assert_gone(family)


def test_a_helper_that_cannot_start(family: PatientFamily, work: list[Work]) -> None:
    family.marker.touch()
    pool = ReadingPool(3, ("/nowhere/at/all",), worth_a_helper=1)
    assert read_all(pool, family, work) == expected(work)


def test_what_helpers_cannot_read_is_told(family: PatientFamily, work: list[Work], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    missing = [Work(LogFile(str(tmp_path / name), 1, 0)) for name in ("x", "folder", "y", "folder")]
    pool = ReadingPool(2, helper(family, f"{SERVE}; MARK"), worth_a_helper=1)
    found = [outcome for _, outcome in pool.read(family, [work[0], *missing], lambda _: None)]
    assert len(family.read_here) == 1
    kinds = sorted(type(outcome).__name__ for outcome in found)
    assert kinds == ["FileNotFoundError"] * 2 + ["FileState"] + ["IsADirectoryError"] * 2


@pytest.mark.skipif(os.name == "nt", reason="signals are not those of Windows")
@pytest.mark.parametrize("way", ["called off", "closed"])
def test_nothing_is_left_of_a_scan_that_ends_early(family: PatientFamily, work: list[Work], way: str) -> None:
    def checkpoint(_: int) -> None:
        if way == "called off":
            raise ScanCancelled

    pool = ReadingPool(2, helper(family, f"{TAKE_ONE}; MARK; time.sleep(600)"), worth_a_helper=1)
    found = pool.read(family, work, checkpoint)
    if way == "closed":
        next(found)
        found.close()
    else:
        with pytest.raises(ScanCancelled):
            next(found)
    assert_gone(family)
