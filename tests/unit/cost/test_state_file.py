"""State between scans: right whatever happens to its file."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.claude import CLAUDE_FAMILY
from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.kept_files import remove_state, remove_states
from codexbar_qt.cost.log_files import LogFile
from codexbar_qt.cost.state_file import FORMAT, Known, StateFile, is_busy, open_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = LogFile("/logs/a.jsonl", 10, 20, 30), LogFile("/logs/b\udcff.jsonl", (1 << 63) - 1, -5, 0)
KEPT = FileState(9, b"mark", b"packed")
VERSION = 7


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.sqlite"


def test_keeps_and_forgets(path: Path) -> None:
    with StateFile(path, VERSION) as state:
        state.save([(A, KEPT), (B, FileState(0, b"", b""))])
        state.save([(A, FileState(8, b"m", b"p"))])
    with StateFile(path, VERSION) as state:
        assert state.is_kept
        assert state.known() == {A.path: Known(A, 8, b"m"), B.path: Known(B, 0, b"")}
        assert state.load(A.path) == FileState(8, b"m", b"p")
        state.drop([A.path, "/logs/nowhere"])
        assert state.load(A.path) is None
        assert list(state.known()) == [B.path]


def test_keeps_one_total(path: Path) -> None:
    with StateFile(path, VERSION) as state:
        assert state.total(b"a") is None
        state.set_total(b"a", b"1")
        state.set_total(b"b", b"2")
    with StateFile(path, VERSION) as state:
        assert (state.total(b"a"), state.total(b"b")) == (None, b"2")


def test_memory_is_never_kept() -> None:
    with StateFile(None, VERSION) as state:
        state.save([(A, KEPT)])
        assert state.load(A.path) == KEPT
        assert not state.is_kept


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def text_beside(path: Path) -> None:
    garbage(path)
    path.with_name(path.name + "-wal").write_bytes(b"garbage" * 1000)


def other_version(path: Path) -> None:
    with StateFile(path, VERSION + 1) as state:
        state.save([(A, KEPT)])


def foreign(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, path)")
    base.commit()
    base.close()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def head_alone(path: Path) -> None:
    with StateFile(path, VERSION) as state:
        state.save([(A, FileState(9, b"mark", b"x" * 100_000))])
    path.write_bytes(path.read_bytes()[:50])


@pytest.mark.parametrize("spoil", [garbage, text_beside, other_version, foreign, empty, head_alone])
def test_what_is_no_state_of_ours_is_made_anew(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(path)
    with StateFile(path, VERSION) as state:
        assert state.is_kept
        assert state.known() == {}
        state.save([(A, KEPT)])
    with StateFile(path, VERSION) as state:
        assert state.load(A.path) == KEPT


def test_what_cannot_be_made_is_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.sqlite").mkdir()
    for path in (tmp_path / "file" / "x.sqlite", tmp_path / "nowhere" / "x.sqlite", tmp_path / "folder.sqlite"):
        with StateFile(path, VERSION) as state:
            assert not state.is_kept
            state.save([(A, KEPT)])
            assert state.load(A.path) == KEPT


def test_what_cannot_be_removed_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.sqlite"
    garbage(path)

    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("codexbar_qt.cost.state_file.remove_state", refuse)
    with StateFile(path, VERSION) as state:
        assert not state.is_kept
        assert state.known() == {}
    assert path.read_bytes().startswith(b"not a database")


def limit_pages(state: StateFile, pages: int) -> None:
    """Make the disk full after some pages."""
    base: sqlite3.Connection = state._base
    base.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_leaves_what_is_there_in_memory(path: Path) -> None:
    big = FileState(1, b"m", b"x" * 200_000)
    with StateFile(path, VERSION) as state:
        state.save([(A, KEPT)])
        limit_pages(state, 8)
        state.save([(B, big)])
        assert not state.is_kept
        assert (state.load(A.path), state.load(B.path)) == (KEPT, big)
        state.drop([A.path])
        assert state.load(A.path) is None
    with StateFile(path, VERSION) as state:
        assert list(state.known()) == [A.path]


def test_another_process_that_never_ends_its_writing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexbar_qt.cost.state_file._BUSY_SECONDS", 0.01)
    with StateFile(path, VERSION) as state:
        state.save([(A, KEPT)])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with StateFile(path, VERSION) as state:
        assert state.load(A.path) == KEPT
        state.save([(B, KEPT)])
        assert not state.is_kept
        assert set(state.known()) == {A.path, B.path}
    other.execute("ROLLBACK")
    other.close()


def test_a_file_that_another_process_is_making(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit of SQLite does not wait for a change of the journal."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            other.execute("ROLLBACK")

    monkeypatch.setattr("codexbar_qt.cost.state_file.time.sleep", sleep)
    monkeypatch.setattr("codexbar_qt.cost.state_file._BUSY_SECONDS", 0.01)
    with StateFile(path, VERSION) as state:
        assert state.is_kept
    other.close()
    assert len(pauses) == 3


def test_a_file_that_stays_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr("codexbar_qt.cost.state_file.time.sleep", lambda _: None)
    monkeypatch.setattr("codexbar_qt.cost.state_file._BUSY_SECONDS", 0.0)
    with StateFile(path, VERSION) as state:
        assert not state.is_kept
    other.close()
    assert path.exists()


def test_a_file_that_another_process_has_made_in_between(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at an empty file and the lock on it."""
    look, looks = StateFile._is_ours, []

    def look_late(state: StateFile, base: sqlite3.Connection) -> bool:
        found = look(state, base)
        looks.append(found)
        if len(looks) == 1:
            with StateFile(path, VERSION) as other:
                other.save([(A, KEPT)])
        return found

    monkeypatch.setattr(StateFile, "_is_ours", look_late)
    with StateFile(path, VERSION) as state:
        assert state.is_kept
        assert state.load(A.path) == KEPT
    assert looks == [False, False, False, True]


def test_a_snapshot_sees_one_moment(path: Path) -> None:
    with StateFile(path, VERSION) as one, StateFile(path, VERSION) as other:
        one.save([(A, KEPT)])
        with one.snapshot():
            assert one.load(A.path) == KEPT
            other.save([(A, FileState(1, b"", b"")), (B, KEPT)])
            assert one.load(A.path) == KEPT
            assert list(one.known()) == [A.path]
        assert set(one.known()) == {A.path, B.path}


def test_which_trouble_is_that_of_another_process() -> None:
    assert not is_busy(ValueError())
    assert not is_busy(sqlite3.DatabaseError("made by something else"))


def test_each_form_has_its_own_file(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with open_state(folder, CLAUDE_FAMILY) as state:
        assert state.is_kept
    assert [path.name for path in folder.iterdir()] == [f"claude-{FORMAT}.{CLAUDE_FAMILY.version}.sqlite"]


def test_removing_one_takes_what_is_beside_it(path: Path) -> None:
    others = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    keep = path.with_name("y.sqlite")
    for one in (path, *others, keep):
        one.write_text("x")
    remove_state(path)
    remove_state(path)
    assert [one.name for one in path.parent.iterdir()] == ["y.sqlite"]


def test_removing_all_counts_files_of_state_alone(tmp_path: Path) -> None:
    assert remove_states(tmp_path / "nowhere") == 0
    for name in ("a.sqlite", "a.sqlite-wal", "a.sqlite-shm", "b.sqlite", "c.sqlite-wal", "prices.json"):
        (tmp_path / name).write_text("x")
    assert remove_states(tmp_path) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["prices.json"]
