"""Copies are private, bounded, removed in all cases, and leave the original as it was."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.browser_cookies import private_copy
from codexbar_qt.adapters.browser_cookies.private_copy import (
    PREFIX,
    CopyError,
    copy_database,
    copy_file,
    copy_folder,
    failure_kind,
    remove_leftovers,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which copies are made, which must be empty after every test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir()
    for name in ("Cookies", "Cookies-wal", "Cookies-shm", "Cookies-journal", "Other"):
        (folder / name).write_text(name)
    return folder


def test_a_database_with_all_that_belongs_to_it(profile: Path, temporary: Path) -> None:
    with copy_database(profile / "Cookies", "linux") as copy:
        assert sorted(path.name for path in copy.parent.iterdir()) == [
            "Cookies",
            "Cookies-journal",
            "Cookies-shm",
            "Cookies-wal",
        ]
        assert all(path.read_text() == path.name for path in copy.parent.iterdir())
        assert copy.parent.parent == temporary
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif("sys.platform == 'win32'", reason="permission bits")
def test_only_the_owner_reads_copies(profile: Path) -> None:
    (profile / "Cookies").chmod(0o644)
    with copy_database(profile / "Cookies", "linux") as copy, copy_folder(profile, "linux") as folder:
        assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("failure", [ValueError, OSError, KeyboardInterrupt])
def test_copies_go_whatever_happens(profile: Path, temporary: Path, failure: type[BaseException]) -> None:
    for copying in (
        copy_database(profile / "Cookies", "linux"),
        copy_file(profile / "Other", "linux"),
        copy_folder(profile, "linux"),
    ):
        with pytest.raises(failure), copying:  # the user's own error is not renamed
            raise failure
    assert list(temporary.iterdir()) == []


def test_the_original_stays_as_it_was(profile: Path, fingerprint: Callable[[Path], object]) -> None:
    before = fingerprint(profile)
    with copy_database(profile / "Cookies", "linux") as copy, copy_folder(profile, "linux") as folder:
        copy.write_text("changed")
        (folder / "Other").write_text("changed")
    assert fingerprint(profile) == before


def test_sizes_are_bounded(profile: Path, temporary: Path) -> None:
    size = sum(path.stat().st_size for path in profile.glob("Cookies*"))
    with copy_database(profile / "Cookies", "linux", most=size):
        pass
    with pytest.raises(CopyError) as failure, copy_database(profile / "Cookies", "linux", most=size - 1):
        pass
    assert failure.value.kind == "too_large"
    with pytest.raises(CopyError) as failure, copy_file(profile / "Other", "linux", most=4):
        pass
    assert failure.value.kind == "too_large"
    with pytest.raises(CopyError) as failure, copy_folder(profile, "linux", most=20):
        pass
    assert failure.value.kind == "too_large"
    assert list(temporary.iterdir()) == []


def test_the_number_of_files_is_bounded(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_copy, "MOST_FILES", 4)
    with pytest.raises(CopyError) as failure, copy_folder(profile, "linux"):
        pass
    assert failure.value.kind == "too_large"


def test_what_is_missing(tmp_path: Path, profile: Path) -> None:
    for copying in (
        copy_database(tmp_path / "none", "linux"),
        copy_database(profile / "Cookies/below", "linux"),
        copy_folder(tmp_path / "none", "linux"),
    ):
        with pytest.raises(CopyError) as failure, copying:
            pass
        assert failure.value.kind == "missing"


@pytest.mark.skipif("sys.platform == 'win32'", reason="pipes are no files there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CopyError) as failure, copy_database(tmp_path / "pipe", "linux"):
        pass
    assert failure.value.kind == "unreadable"


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(CopyError) as failure, copy_file(tmp_path, "linux"):
        pass
    assert failure.value.kind == "unreadable"


class SharingError(OSError):
    """What Windows says of a file that is open elsewhere."""

    winerror = 32


@pytest.mark.parametrize(
    ("problem", "platform", "kind"),
    [
        (PermissionError(errno.EACCES, ""), "windows", "locked"),
        (SharingError(errno.EIO, ""), "windows", "locked"),
        (PermissionError(errno.EPERM, ""), "macos", "forbidden"),
        (PermissionError(errno.EACCES, ""), "linux", "forbidden"),
        (FileNotFoundError(errno.ENOENT, ""), "windows", "missing"),
        (OSError(errno.EIO, ""), "linux", "unreadable"),
    ],
)
def test_failures_are_named(problem: OSError, platform: str, kind: str) -> None:
    assert failure_kind(problem, platform) == kind  # type: ignore[arg-type]  # the parameters are plain texts


def test_a_file_that_changes_meanwhile_is_copied_again(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = private_copy._copy_one
    changes = iter(["second", "third"])

    def copy_and_change(source: Path, target: Path, budget: object) -> None:
        real(source, target, budget)  # type: ignore[arg-type]  # passed on as it came
        if source.name == "Cookies" and (text := next(changes, "")):
            source.write_text(text)

    monkeypatch.setattr(private_copy, "_copy_one", copy_and_change)
    with copy_database(profile / "Cookies", "linux") as copy:
        assert copy.read_text() == "third"


def test_a_log_that_vanishes_meanwhile_is_not_kept(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = private_copy._copy_one

    def copy_and_remove(source: Path, target: Path, budget: object) -> None:
        real(source, target, budget)  # type: ignore[arg-type]  # passed on as it came
        if source.name == "Cookies":
            (profile / "Cookies-wal").unlink(missing_ok=True)

    monkeypatch.setattr(private_copy, "_copy_one", copy_and_remove)
    with copy_database(profile / "Cookies", "linux") as copy:
        assert not copy.with_name("Cookies-wal").exists()


def test_a_folder_of_leveldb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "leveldb"
    (source / "lost").mkdir(parents=True)
    for name in ("000005.ldb", "000007.log", "LOCK", "CURRENT", "000009.log"):
        (source / name).write_text(name)
    order: list[str] = []
    real = private_copy._copy_one

    def copy_and_compact(path: Path, target: Path, budget: object) -> None:
        order.append(path.name)
        real(path, target, budget)  # type: ignore[arg-type]  # passed on as it came
        if path.name == "000007.log":
            path.unlink(missing_ok=True)
            (source / "000011.ldb").write_text("compacted")

    monkeypatch.setattr(private_copy, "_copy_one", copy_and_compact)
    with copy_folder(source, "linux") as copy:
        assert order[:2] == ["000007.log", "000009.log"]
        assert sorted(path.name for path in copy.iterdir()) == ["000005.ldb", "000009.log", "000011.ldb", "CURRENT"]
    with copy_folder(source, "linux", wanted=lambda name: name.endswith(".ldb")) as copy:
        assert sorted(path.name for path in copy.iterdir()) == ["000005.ldb", "000011.ldb"]


def test_copies_of_a_killed_process_go_later(temporary: Path) -> None:
    left, fresh, other = (temporary / name for name in (f"{PREFIX}old", f"{PREFIX}new", "other"))
    for folder in (left, fresh, other):
        folder.mkdir()
        (folder / "Cookies").write_text("left")
    now = fresh.stat().st_mtime
    for folder in (left, other):
        os.utime(folder, (now - 3700, now - 3700))
    (temporary / f"{PREFIX}file").touch()
    os.utime(temporary / f"{PREFIX}file", (0, 0))
    remove_leftovers(now)
    assert sorted(path.name for path in temporary.iterdir()) == [f"{PREFIX}file", f"{PREFIX}new", "other"]


def test_the_first_copy_of_a_process_removes_them(profile: Path, temporary: Path) -> None:
    left = temporary / f"{PREFIX}old"
    left.mkdir()
    os.utime(left, (0, 0))
    private_copy._remove_leftovers_once.cache_clear()
    with copy_file(profile / "Other", "linux"):
        assert not left.exists()


def test_without_a_temporary_folder(profile: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(CopyError) as failure, copy_file(profile / "Other", "linux"):
        pass
    assert failure.value.kind == "unreadable"
    remove_leftovers()
