"""Files of other programs: replaced whole, private, links followed, nothing left behind, nothing raised."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from codexbar_qt.adapters import private_files
from codexbar_qt.adapters.home_files import LocalHomeFiles
from codexbar_qt.provider_api import ParseError

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@pytest.fixture
def files(home: Path) -> LocalHomeFiles:
    return LocalHomeFiles(str(home))


def names(folder: Path) -> list[str]:
    return sorted(place.name for place in folder.iterdir())


@posix
async def test_creates_privately(files: LocalHomeFiles, home: Path) -> None:
    before = os.umask(0)
    try:
        assert await files.replace_private_text("~/.acme/deep/auth.json", "ä\n")
    finally:
        os.umask(before)
    path = home / ".acme/deep/auth.json"
    assert path.read_bytes() == "ä\n".encode()
    modes = [place.stat().st_mode & 0o777 for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert names(path.parent) == ["auth.json"]


@posix
async def test_replaces_at_once_and_takes_rights_away(files: LocalHomeFiles, home: Path) -> None:
    path = home / "auth.json"
    path.write_text("old")
    path.chmod(0o644)
    with path.open() as reader:
        assert await files.replace_private_text("~/auth.json", "new")
        assert reader.read() == "old"  # another file stands there now
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert names(home) == ["auth.json"]


@posix
async def test_a_link_stays_and_its_file_is_replaced(files: LocalHomeFiles, home: Path) -> None:
    (home / "dotfiles").mkdir()
    (home / "dotfiles/auth.json").write_text("old")
    (home / "auth.json").symlink_to("dotfiles/auth.json")
    (home / "new.json").symlink_to("dotfiles/new.json")
    assert await files.replace_private_text("~/auth.json", "new")
    assert await files.replace_private_text("~/new.json", "made")
    assert (home / "auth.json").is_symlink()
    assert (home / "new.json").is_symlink()
    assert [(home / "dotfiles" / name).read_text() for name in ("auth.json", "new.json")] == ["new", "made"]
    assert names(home / "dotfiles") == ["auth.json", "new.json"]


@posix
async def test_what_is_no_file_stays(files: LocalHomeFiles, home: Path) -> None:
    os.mkfifo(home / "pipe")
    (home / "folder").mkdir()
    (home / "loop").symlink_to("loop")
    (home / "file").write_text("x")
    for path in ("~/pipe", "~/folder", "~/loop", "~/file/below", "~/bad\0name"):
        assert not await files.replace_private_text(path, "x"), path
    assert not await files.replace_private_text("~/file", "\ud800")
    assert stat.S_ISFIFO((home / "pipe").stat().st_mode)
    assert (home / "file").read_text() == "x"
    assert names(home) == ["file", "folder", "loop", "pipe"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="rights of an ordinary user")
async def test_no_permission(files: LocalHomeFiles, home: Path) -> None:
    (home / "closed").mkdir(mode=0o500)
    assert not await files.replace_private_text("~/closed/auth.json", "x")


@pytest.mark.parametrize("broken", ["fsync", "replace", "restrict"])
async def test_a_failure_leaves_the_old_file_and_nothing_else(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "no space")

    (home / "auth.json").write_text("old")
    if broken == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    elif broken == "replace":
        monkeypatch.setattr(Path, "replace", refuse)
    else:
        monkeypatch.setattr(private_files, "restrict_to_owner", refuse)
    assert not await files.replace_private_text("~/auth.json", "new")
    assert not await files.write_private_text("~/other.json", "new") or broken == "replace"
    monkeypatch.undo()
    assert (home / "auth.json").read_text() == "old"
    assert not [name for name in names(home) if name.endswith(".tmp")]


async def test_a_file_that_is_in_use_is_tried_again(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [PermissionError(13, "in use")] * 2
    replace, pauses = Path.replace, list[float]()

    def busy(path: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return replace(path, target)

    monkeypatch.setattr(private_files, "_RETRIES", 5)
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(Path, "replace", busy)
    assert await files.replace_private_text("~/auth.json", "new")
    assert pauses == [0.05, 0.05]
    assert (home / "auth.json").read_text() == "new"


@posix
async def test_reading_takes_rights_of_others_away(files: LocalHomeFiles, home: Path) -> None:
    path = home / "session.json"
    path.write_text("kept")
    for mode in (0o644, 0o660, 0o600):
        path.chmod(mode)
        assert await files.read_private_text("~/session.json") == "kept"
        assert path.stat().st_mode & 0o777 == 0o600
    assert await files.read_private_text("~/missing.json") is None
    assert await files.read_private_text("~/session.json/deeper") is None
    with pytest.raises(ParseError):
        await files.read_private_text("~/session.json", max_bytes=3)


@posix
async def test_what_stays_open_to_others_is_not_read(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(path)

    (home / "session.json").write_text("kept")
    (home / "session.json").chmod(0o644)
    monkeypatch.setattr(private_files, "restrict_to_owner", refuse)
    with pytest.raises(ParseError) as caught:
        await files.read_private_text("~/session.json")
    assert caught.value.message == "The file session.json is open to others. Remove it, it is written again."


async def test_removes_only_files(files: LocalHomeFiles, home: Path) -> None:
    (home / "session.json").write_text("kept")
    (home / "folder").mkdir()
    assert await files.remove_private_text("~/session.json")
    assert await files.remove_private_text("~/session.json")
    assert await files.remove_private_text("~/missing/session.json")
    assert not await files.remove_private_text("~/folder")
    assert not await files.remove_private_text("~/\0")
    assert names(home) == ["folder"]


@posix
async def test_a_link_is_removed_and_its_file_stays(files: LocalHomeFiles, home: Path) -> None:
    (home / "elsewhere.json").write_text("kept")
    (home / "session.json").symlink_to("elsewhere.json")
    assert await files.remove_private_text("~/session.json")
    assert names(home) == ["elsewhere.json"]


@posix
async def test_a_file_that_cannot_be_removed(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(self)

    (home / "session.json").write_text("kept")
    monkeypatch.setattr(Path, "unlink", refuse)
    assert not await files.remove_private_text("~/session.json")
