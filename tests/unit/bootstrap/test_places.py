"""Folders that need care: a home nobody names, and places that are shared with strangers."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from codexbar_qt.bootstrap import places
from codexbar_qt.cli.main import BootstrapHost
from codexbar_qt.cli.output import CommandError

posix = pytest.mark.skipif(sys.platform == "win32", reason="other variables and rights there")


@posix
def test_a_home_that_is_no_full_path_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "somewhere")
    with pytest.raises(places.NoHomeError, match="Set the variable HOME"):
        places.home_folder()
    with pytest.raises(CommandError, match="Set the variable HOME"):
        BootstrapHost().build()


def test_a_home_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    with pytest.raises(places.NoHomeError):
        places.home_folder()


@posix
@pytest.mark.usefixtures("home")
def test_meeting_places_are_made_for_the_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    found = list(places.meeting_folders("7"))
    assert found == [Path(os.environ["HOME"]) / ".cache" / "codexbar", tmp_path / "codexbar-7"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in found] == [0o700, 0o700]


@posix
@pytest.mark.usefixtures("home")
def test_no_temporary_folder_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert list(places.meeting_folders("7")) == [Path("/run/user/7"), Path.home() / ".cache" / "codexbar"]


@posix
def test_a_private_folder_is_closed_to_others_when_it_was_open(tmp_path: Path) -> None:
    open_to_all = tmp_path / "pictures"
    open_to_all.mkdir(mode=0o755)
    places.make_private(open_to_all)
    assert stat.S_IMODE(open_to_all.stat().st_mode) == 0o700
