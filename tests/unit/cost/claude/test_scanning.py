"""Scans one after the other (token-cost.md 8), and logs in every bad shape: the right totals, or a word about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.claude.family import ClaudeFamily
from codexbar_qt.cost.family import ScanCancelled
from codexbar_qt.cost.log_files import LogFile
from codexbar_qt.cost.state_file import StateFile
from tests.unit.cost.claude.claude_world import ClaudeWorld, left_out, line, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.cost.family import FileState, FileStates
    from codexbar_qt.cost.log_files import Inventory
    from codexbar_qt.cost.places import Places
    from codexbar_qt.cost.values import Ledger, ScanProgress


class WatchedFamily(ClaudeFamily):
    """Claude logs; remembers what is read from where on, and does something before each find and read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[tuple[str, int]] = []
        self.added_up = 0
        self.before_read: Callable[[Path], None] = lambda _: None

    def find(self, places: Places) -> Inventory:
        self.reads = []
        return super().find(places)

    def read(self, file: LogFile, earlier: FileState | None, checkpoint: Callable[[int], None]) -> FileState:
        self.reads.append((Path(file.path).stem, earlier.offset if earlier else 0))
        self.before_read(Path(file.path))
        return super().read(file, earlier, checkpoint)

    def assemble(self, states: FileStates) -> Ledger:
        self.added_up += 1
        return super().assemble(states)


@pytest.fixture
def family(world: ClaudeWorld) -> WatchedFamily:
    world.family = family = WatchedFamily()
    return family


def input_of(world: ClaudeWorld) -> int:
    """Scan; return the input tokens, and see that a scan from scratch has the same ledger."""
    ledger = world.scan()
    assert ledger == world.scratch()
    return tokens(ledger).input


def test_what_has_not_changed_is_not_read_nor_added_up_again(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5))
    world.write("b", line("2", 6))
    first = world.scan()
    assert family.reads == [("a", 0), ("b", 0)]
    added_up = family.added_up
    assert world.scan() == first
    assert (family.reads, family.added_up) == ([], added_up)


def test_what_has_grown_is_read_from_where_it_ended(world: ClaudeWorld, family: WatchedFamily) -> None:
    size = world.write("a", line("1", 5), line("2", 6)).stat().st_size
    assert input_of(world) == 11
    world.append("a", line("2", 7) + b"\n" + line("3", 1) + b"\n")
    assert input_of(world) == 13
    assert family.reads == [("a", size)]


def test_a_new_log_and_one_that_is_gone(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5))
    world.write("b", line("1", 6), line("2", 7))
    assert input_of(world) == 12
    world.path("a").unlink()
    world.write("c", line("3", 1))
    assert input_of(world) == 14
    assert family.reads == [("c", 0)]


def test_a_rotated_log_is_a_new_one(world: ClaudeWorld) -> None:
    world.write("a", line("1", 5))
    input_of(world)
    world.path("a").rename(world.path("a-old"))
    world.write("a", line("2", 6))
    assert input_of(world) == 11


@pytest.mark.parametrize("make", ["write", "replace"])
@pytest.mark.parametrize("numbers", [(6,), (6, 7), (6, 7, 8, 9)], ids=["shorter", "as long", "longer"])
def test_other_content_is_read_anew(world: ClaudeWorld, numbers: tuple[int, ...], make: str) -> None:
    """Shrunk, the same size, grown: in place or by another file."""
    path = world.write("a", line("1", 4), line("2", 5))
    assert input_of(world) == 9
    facts = path.stat()
    if make == "replace":
        path.rename(path.with_suffix(".bak"))
    world.write("a", *(line(str(number), number) for number in numbers))
    os.utime(path, ns=(0, facts.st_mtime_ns + 1))
    assert input_of(world) == sum(numbers)


def test_a_log_with_the_same_size_and_time_but_of_another_number(world: ClaudeWorld) -> None:
    path = world.write("a", line("1", 4))
    assert input_of(world) == 4
    facts = path.stat()
    path.rename(path.with_suffix(".bak"))
    world.write("a", line("1", 5))
    os.utime(path, ns=(0, facts.st_mtime_ns))
    assert input_of(world) == 5


def test_larger_content_that_begins_and_ends_alike_but_is_another_file(world: ClaudeWorld) -> None:
    head, tail = line("1", 1), line("2", 2)
    path = world.write("a", head, line("x", 4), tail)
    assert input_of(world) == 7
    path.rename(path.with_suffix(".bak"))
    world.write("a", head, line("x", 5), tail, line("3", 10))
    assert input_of(world) == 18


def test_a_log_cut_to_nothing_and_written_again(world: ClaudeWorld) -> None:
    world.write("a", line("1", 5))
    assert input_of(world) == 5
    world.write("a")
    assert input_of(world) == 0
    world.write("a", line("1", 6), line("2", 7))
    assert input_of(world) == 13


def test_a_last_line_without_an_end(world: ClaudeWorld, family: WatchedFamily) -> None:
    """Half of it is left for the next scan; complete it counts, and is read again once there is more."""
    whole = line("1", 5) + b"\n"
    text = line("2", 6)
    world.append("a", whole + text[:50])
    assert input_of(world) == 5
    world.append("a", text[50:])
    assert input_of(world) == 11
    assert family.reads == [("a", len(whole))]
    world.append("a", b" ")
    assert input_of(world) == 11
    world.append("a", b"\n" + line("2", 7) + b"\n")
    assert input_of(world) == 12
    assert family.reads == [("a", len(whole))]


def test_a_last_line_that_was_complete_and_becomes_damage(world: ClaudeWorld) -> None:
    world.append("a", line("1", 5) + b"\n" + line("1", 6))
    assert input_of(world) == 6
    world.append("a", b"x\n")
    assert input_of(world) == 5
    assert left_out(world.scan()) == {"broken_line": 1}


def test_a_long_line_in_the_making(world: ClaudeWorld) -> None:
    text = line("2", 6, message={"content": "x" * (1 << 20)})
    world.append("a", line("1", 5) + b"\n" + text[: 1 << 19])
    assert input_of(world) == 5
    world.append("a", text[1 << 19 :])
    assert input_of(world) == 5
    assert left_out(world.scan()) == {"long_line": 1}
    world.append("a", b"\n" + line("3", 7) + b"\n")
    assert input_of(world) == 12
    assert left_out(world.scan()) == {"long_line": 1}


def test_a_log_that_vanishes_between_find_and_read(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5))
    world.write("b", line("2", 6))
    family.before_read = lambda path: path.unlink() if path.stem == "a" else None
    ledger = world.scan()
    assert (tokens(ledger).input, ledger.files, left_out(ledger)) == (6, 1, {})


def test_a_log_that_grows_while_it_is_read(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5))
    family.before_read = lambda path: world.append("a", line("2", 6) + b"\n")
    assert tokens(world.scan()).input == 11
    family.before_read = lambda path: None
    assert input_of(world) == 11


def test_a_log_that_is_cut_while_it_is_read_and_grows_again(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5), line("2", 6))
    family.before_read = lambda path: world.append("a", line("3", 7) + b"\n")
    assert tokens(world.scan()).input == 18
    family.before_read = lambda path: None
    world.write("a", line("4", 1), line("5", 2), line("6" * 20, 3))
    assert input_of(world) == 6


def refuse(path: Path) -> None:
    if path.stem == "b":
        raise PermissionError(13, "Permission denied")


def test_an_unreadable_log_is_told_and_counts_as_it_was(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5))
    world.write("b", line("2", 6))
    family.before_read = refuse
    ledger = world.scan()
    assert (tokens(ledger).input, left_out(ledger)) == (5, {"unreadable_file": 1})
    family.before_read = lambda _: None
    assert input_of(world) == 11
    family.before_read = refuse
    world.append("b", line("3", 7) + b"\n")
    for refresh in (False, True):
        ledger = world.scan(refresh=refresh)
        assert (tokens(ledger).input, left_out(ledger)) == (11, {"unreadable_file": 1})
    family.before_read = lambda _: None
    assert input_of(world) == 18


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_unreadable_folders_and_links_are_told(world: ClaudeWorld) -> None:
    path = world.write("p/a", line("1", 5))
    (path.parent / "loop").symlink_to(path.parent / "loop")
    (path.parent / "loop.jsonl").symlink_to(path.parent / "loop.jsonl")
    ledger = world.scan()
    assert tokens(ledger).input == 5
    assert left_out(ledger) == {"unreadable_folder": 1, "unreadable_file": 1}


def test_a_folder_in_place_of_a_log(world: ClaudeWorld) -> None:
    world.write("a", line("1", 5))
    assert input_of(world) == 5
    world.path("a").unlink()
    world.write("a.jsonl/b", line("2", 6))
    assert input_of(world) == 6


def test_a_clock_in_the_future(world: ClaudeWorld) -> None:
    path = world.write("a", line("1", 5, at=10 * 365 * 86400))
    os.utime(path, (16_000_000_000, 16_000_000_000))
    assert input_of(world) == 5
    world.append("a", line("2", 6) + b"\n")
    os.utime(path, (16_000_000_001, 16_000_000_001))
    assert input_of(world) == 11


def test_a_refresh_reads_and_adds_up_everything(world: ClaudeWorld, family: WatchedFamily) -> None:
    world.write("a", line("1", 5))
    world.write("b", line("2", 6))
    world.scan()
    added_up = family.added_up
    assert tokens(world.scan(refresh=True)).input == 11
    assert (family.reads, family.added_up) == ([("a", 0), ("b", 0)], added_up + 1)
    assert world.scan() == world.scratch()


def test_what_other_roots_have_stays_known(world: ClaudeWorld, family: WatchedFamily) -> None:
    """Two processes with other variables may share one state."""
    world.write("a", line("1", 5))
    assert input_of(world) == 5
    other = ClaudeWorld(world.home.parent / "other", world.folder, family)
    other.write("b", line("2", 6))
    assert input_of(other) == 6
    assert input_of(world) == 5
    assert family.reads == []


def test_a_scan_that_is_called_off_keeps_what_it_has_read(world: ClaudeWorld, family: WatchedFamily) -> None:
    for name in "abcd":
        world.write(name, line(name, 1))

    def told(progress: ScanProgress) -> None:
        if progress.files_done == 2:
            raise ScanCancelled

    with pytest.raises(ScanCancelled):
        world.scan(told)
    assert family.reads == [("a", 0), ("b", 0), ("c", 0)]
    assert input_of(world) == 4
    assert family.reads == [("c", 0), ("d", 0)]


class SlowFamily(WatchedFamily):
    """A family that reads no more than so much a scan."""

    bytes_per_scan: int | None = 200


def test_logs_beyond_a_limit_wait_for_the_next_scan(world: ClaudeWorld) -> None:
    world.family = family = SlowFamily()
    for name in "abc":
        world.write(name, line(name, 1, message={"content": "x" * 120}))
    seen = []
    for _ in range(3):
        ledger = world.scan()
        seen.append((tokens(ledger).input, left_out(ledger).get("postponed_file", 0), ledger.is_complete))
        assert len(family.reads) == 1
    assert seen == [(1, 2, False), (2, 1, False), (3, 0, True)]
    for name in "ab":
        world.append(name, line(f"{name}2", 10, message={"content": "x" * 120}) + b"\n")
    assert [tokens(world.scan()).input for _ in range(2)] == [13, 23]
    ledger = world.scan(refresh=True)
    assert (tokens(ledger).input, left_out(ledger)) == (23, {"postponed_file": 2})


def test_progress_from_first_to_last(world: ClaudeWorld) -> None:
    sizes = [world.write(name, line(name, 1)).stat().st_size for name in "abc"]
    told: list[ScanProgress] = []
    world.scan(told.append)
    assert (told[0].files_done, told[0].bytes_done) == (0, 0)
    assert (told[-1].files_done, told[-1].bytes_done) == (3, sum(sizes))
    assert {(progress.files_total, progress.bytes_total) for progress in told} == {(3, sum(sizes))}
    told.clear()
    world.scan(told.append)
    assert told == []


def test_what_another_process_keeps_while_all_is_added_up_changes_nothing(
    world: ClaudeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy changes between adding the rows up and taking copies out; it would take out too much."""
    world.write("a", line("1", 5))
    file = LogFile(str(world.write("b", line("1", 7))), 1, 1)
    kept = world.family.read(file, None, lambda _: None)
    world.write("b", line("1", 5))
    world.write("c", line("2", 6))
    load, loads = StateFile.load, []

    def load_late(state: StateFile, path: str) -> FileState | None:
        loads.append(path)
        if len(loads) == 4:
            with StateFile(world.state_path, world.family.version) as other:
                other.save([(file, kept)])
        return load(state, path)

    monkeypatch.setattr(StateFile, "load", load_late)
    ledger = world.scan()
    assert [Path(path).stem for path in loads] == ["a", "b", "c", "a", "b"]
    assert (tokens(ledger).input, ledger.rows, ledger.duplicates) == (11, 2, 1)
