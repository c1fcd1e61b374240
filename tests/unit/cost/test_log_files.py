"""Logs below a root."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from codexbar_qt.cost.log_files import Inventory, collect_logs

if TYPE_CHECKING:
    from collections.abc import Collection

NOT_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


def put(path: Path, text: str = "x\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def collect(root: Path, *, skip: Collection[str] = (), deepest: int = 64) -> Inventory:
    inventory = Inventory()
    collect_logs(str(root), inventory, skip=skip, deepest=deepest)
    return inventory


def names(root: Path, *, skip: Collection[str] = (), deepest: int = 64) -> list[str]:
    found = collect(root, skip=skip, deepest=deepest).files
    return [os.path.relpath(file.path, root).replace(os.sep, "/") for file in found]


def test_what_is_a_log(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.JSONL", "c.json", "d.jsonl.bak", ".e.jsonl", "f/g.jsonl", ".h/i.jsonl", "f/k/l.jsonl"):
        put(tmp_path / name)
    put(tmp_path / "empty.jsonl", "")
    assert names(tmp_path) == ["a.JSONL", "b.jsonl", "f/g.jsonl", "f/k/l.jsonl"]


def test_what_is_known_of_one(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", "12345")
    os.utime(path, ns=(5, 1_900_000_000_000_000_123))
    (file,) = collect(tmp_path).files
    facts = path.stat()
    assert (file.path, file.size, file.modified_ns) == (str(path), 5, facts.st_mtime_ns)
    assert file.identity == facts.st_ino & ((1 << 63) - 1) != 0


def test_depth_and_folders_that_are_skipped(tmp_path: Path) -> None:
    for name in ("1.jsonl", "a/2.jsonl", "a/b/3.jsonl", "skipped/4.jsonl", "a/skipped/5.jsonl"):
        put(tmp_path / name)
    assert names(tmp_path, deepest=0) == ["1.jsonl"]
    assert names(tmp_path, deepest=1, skip=("skipped",)) == ["1.jsonl", "a/2.jsonl"]
    assert names(tmp_path, skip=("skipped",)) == ["1.jsonl", "a/2.jsonl", "a/b/3.jsonl"]


def test_a_folder_named_like_a_log_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl/b.jsonl")
    assert names(tmp_path) == ["a.jsonl/b.jsonl"]


@NOT_WINDOWS
def test_links_lead_to_each_log_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root / "p/1.jsonl")
    put(tmp_path / "elsewhere/2.jsonl")
    put(tmp_path / "3.jsonl")
    (root / "a-link-to-p").symlink_to(root / "p")
    (root / "q").symlink_to(tmp_path / "elsewhere")
    (root / "r").symlink_to(tmp_path / "elsewhere")
    (root / "up").symlink_to(root)
    (root / "3.jsonl").symlink_to(tmp_path / "3.jsonl")
    (root / "4.jsonl").hardlink_to(tmp_path / "3.jsonl")
    assert names(root) == ["3.jsonl", "a-link-to-p/1.jsonl", "q/2.jsonl"]


@NOT_WINDOWS
def test_what_is_no_file_and_a_link_to_nothing_are_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.jsonl").symlink_to("/dev/null")
    put(tmp_path / "d.jsonl")
    inventory = collect(tmp_path)
    assert [Path(file.path).name for file in inventory.files] == ["d.jsonl"]
    assert (inventory.unreadable_files, inventory.unreadable_folders) == (0, 0)


@NOT_WINDOWS
def test_what_cannot_be_looked_at_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "a.jsonl")
    (tmp_path / "b").symlink_to(tmp_path / "b")
    put(tmp_path / "c.jsonl")
    inventory = collect(tmp_path)
    assert len(inventory.files) == 1
    assert (inventory.unreadable_files, inventory.unreadable_folders) == (1, 1)


def test_a_folder_that_cannot_be_listed_is_counted(tmp_path: Path) -> None:
    put(tmp_path / "good/1.jsonl")
    put(tmp_path / "locked/2.jsonl")
    real = os.scandir

    def scandir(folder: str) -> object:
        if folder.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("codexbar_qt.cost.log_files.os.scandir", scandir)
        inventory = collect(tmp_path)
    assert [Path(file.path).name for file in inventory.files] == ["1.jsonl"]
    assert inventory.unreadable_folders == 1


def test_a_root_that_is_a_file(tmp_path: Path) -> None:
    assert collect(put(tmp_path / "a.jsonl")) == Inventory()
    assert collect(tmp_path / "none") == Inventory()


class Facts:
    """What a system says of an entry."""

    def __init__(self, real: os.stat_result, **changes: int) -> None:
        self._real, self._changes = real, changes

    def __getattr__(self, name: str) -> int:
        found: int = self._changes[name] if name in self._changes else getattr(self._real, name)
        return found


class Entry:
    """An entry that tells something else of itself."""

    def __init__(self, real: os.DirEntry[str], **changes: int) -> None:
        self.name, self.path, self.is_dir, self._real, self._changes = real.name, real.path, real.is_dir, real, changes

    def stat(self) -> Facts:
        return Facts(self._real.stat(), **self._changes)


def collect_told(root: Path, *, stat: int | None = None, **changes: int) -> Inventory:
    """Collect where every entry tells other facts, and `os.stat` the number `stat`, if any."""
    real = os.scandir

    class Listing:
        def __init__(self, folder: str) -> None:
            self._listing = real(folder)

        def __enter__(self) -> list[Entry]:
            return [Entry(entry, **changes) for entry in self._listing]

        def __exit__(self, *error: object) -> None:
            self._listing.close()

    ask = os.stat
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("codexbar_qt.cost.log_files.os.scandir", Listing)
        if stat is not None:
            patch.setattr("codexbar_qt.cost.log_files.os.stat", lambda path: Facts(ask(path), st_ino=stat))
        return collect(root)


@NOT_WINDOWS
def test_entries_without_a_number_are_asked_again_as_on_windows(tmp_path: Path) -> None:
    put(tmp_path / "p/1.jsonl")
    (tmp_path / "q").symlink_to(tmp_path / "p")
    (tmp_path / "r.jsonl").symlink_to(tmp_path / "p/1.jsonl")
    expected = collect(tmp_path).files
    assert collect_told(tmp_path, st_ino=0, st_dev=0).files == expected
    assert len(expected) == 1


@NOT_WINDOWS
def test_file_systems_without_numbers_tell_files_apart_by_path(tmp_path: Path) -> None:
    put(tmp_path / "p/1.jsonl")
    (tmp_path / "q").symlink_to(tmp_path / "p")
    (file,) = collect_told(tmp_path, stat=0, st_ino=0).files
    assert (file.path, file.identity) == (str(tmp_path / "p/1.jsonl"), 0)


def test_numbers_and_times_of_any_size_fit(tmp_path: Path) -> None:
    put(tmp_path / "1.jsonl")
    (file,) = collect_told(tmp_path, st_ino=(1 << 127) + 5, st_mtime_ns=1 << 64).files
    assert (file.identity, file.modified_ns) == (5, (1 << 63) - 1)


def test_a_log_that_vanishes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "1.jsonl")

    def vanish(entry: object) -> NoReturn:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("codexbar_qt.cost.log_files._facts", vanish)
    assert collect(tmp_path) == Inventory()
