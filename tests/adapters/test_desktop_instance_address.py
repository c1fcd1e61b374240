"""Where instances meet: one place per user and config file, short enough for a socket."""

from __future__ import annotations

from pathlib import Path

from codexbar_qt.adapters.desktop.instance_address import instance_address

CONFIG = Path("/home/someone/.config/codexbar/config.json")


def test_first_usable_folder(tmp_path: Path) -> None:
    address = instance_address(CONFIG, "someone", "linux", (tmp_path / "missing", tmp_path))
    assert Path(address).parent == tmp_path
    assert address.endswith(".sock")


def test_same_user_and_config_meet(tmp_path: Path) -> None:
    def at(config: Path, user: str) -> str:
        return instance_address(config, user, "linux", (tmp_path,))

    assert at(CONFIG, "someone") == at(CONFIG, "someone")
    assert at(CONFIG, "someone") != at(CONFIG, "other")
    assert at(CONFIG, "someone") != at(CONFIG.with_name("demo.json"), "someone")


def test_long_folders_are_passed_over(tmp_path: Path, runtime_dir: Path) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    assert Path(instance_address(CONFIG, "someone", "macos", (long, runtime_dir))).parent == runtime_dir


def test_last_folder_when_none_is_usable(tmp_path: Path) -> None:
    missing = (tmp_path / "one", tmp_path / "two")
    assert Path(instance_address(CONFIG, "someone", "linux", missing)).parent == missing[1]


def test_pipe_on_windows() -> None:
    name = instance_address(CONFIG, "someone", "windows", ())
    assert name.startswith("codexbar-qt-") and "someone" not in name and "/" not in name and "\\" not in name


def test_odd_paths_are_no_problem(tmp_path: Path) -> None:
    assert instance_address(Path("/home/\udcff/config.json"), "user", "linux", (tmp_path,))
