"""Where instances meet: one place per user and config file, short enough for a socket."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.desktop.instance_address import instance_address

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = Path("/home/someone/.config/codexbar/config.json")


def test_first_usable_folder(runtime_dir: Path) -> None:
    address = instance_address(CONFIG, "someone", "linux", (runtime_dir / "missing", runtime_dir))
    assert Path(address).parent == runtime_dir
    assert address.endswith(".sock")


def test_same_user_and_config_meet(runtime_dir: Path) -> None:
    def at(config: Path, user: str) -> str:
        return instance_address(config, user, "linux", (runtime_dir,))

    assert at(CONFIG, "someone") == at(CONFIG, "someone")
    assert at(CONFIG, "someone") != at(CONFIG, "other")
    assert at(CONFIG, "someone") != at(CONFIG.with_name("demo.json"), "someone")


def test_long_folders_are_passed_over(tmp_path: Path, runtime_dir: Path) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    assert Path(instance_address(CONFIG, "someone", "macos", (long, runtime_dir))).parent == runtime_dir


def test_nowhere_when_no_folder_is_usable(tmp_path: Path) -> None:
    assert instance_address(CONFIG, "someone", "linux", (tmp_path / "one", tmp_path / "two")) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no folders")
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_folders_that_others_can_write_to_are_passed_over(runtime_dir: Path, mode: int) -> None:
    shared = runtime_dir / "s"
    shared.mkdir()
    assert Path(instance_address(CONFIG, "someone", "linux", (shared, runtime_dir))).parent == shared
    shared.chmod(mode)
    assert Path(instance_address(CONFIG, "someone", "linux", (shared, runtime_dir))).parent == runtime_dir


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no folders")
def test_folders_of_somebody_else_are_passed_over(runtime_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    assert instance_address(CONFIG, "someone", "linux", (runtime_dir,)) == ""


def test_later_folders_are_not_even_looked_for(runtime_dir: Path) -> None:
    def folders() -> Iterator[Path]:
        yield runtime_dir
        raise AssertionError("not needed")

    assert Path(instance_address(CONFIG, "someone", "linux", folders())).parent == runtime_dir


def test_pipe_on_windows() -> None:
    name = instance_address(CONFIG, "someone", "windows", ())
    assert name.startswith("codexbar-qt-") and "someone" not in name and "/" not in name and "\\" not in name


def test_odd_paths_are_no_problem(runtime_dir: Path) -> None:
    assert instance_address(Path("/home/\udcff/config.json"), "user", "linux", (runtime_dir,))
