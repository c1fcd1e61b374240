"""Outside edits of config and env file are noticed once, within a second, however they are made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.ui.config_watcher import ConfigWatcher

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text("{}")
    return path


def replace(path: Path, text: str) -> None:
    """Write beside the file and rename over it, as most programs do."""
    other = path.with_name("other")
    other.write_text(text)
    os.replace(other, path)  # noqa: PTH105 - the call under test


def test_a_write_in_place_and_a_replacement_are_noticed(qtbot: QtBot, config: Path) -> None:
    watcher = ConfigWatcher(config)
    with qtbot.waitSignal(watcher.configChanged, timeout=1000):
        config.write_text('{"version": 1}')
    for text in ('{"version": 1, "a": 1}', '{"version": 1, "b": 22}'):
        with qtbot.waitSignal(watcher.configChanged, timeout=1000):
            replace(config, text)


def test_several_writes_at_once_are_told_once(qtbot: QtBot, config: Path) -> None:
    watcher, told = ConfigWatcher(config), list[bool]()
    watcher.configChanged.connect(lambda: told.append(True))
    with qtbot.waitSignal(watcher.configChanged, timeout=1000):
        for number in range(5):
            replace(config, f'{{"n": {number}{"0" * number}}}')
    qtbot.wait(400)
    assert told == [True]


def test_the_env_file_has_a_signal_of_its_own(qtbot: QtBot, config: Path) -> None:
    watcher, told = ConfigWatcher(config), list[bool]()
    watcher.configChanged.connect(lambda: told.append(True))
    with qtbot.waitSignal(watcher.environmentChanged, timeout=1000):
        config.with_name("env").write_text("NAME=value\n")
    assert told == []


def test_other_files_beside_it_mean_nothing(qtbot: QtBot, config: Path) -> None:
    watcher = ConfigWatcher(config)
    with qtbot.assertNotEmitted(watcher.configChanged, wait=500):
        config.with_name("settings.json").write_text("{}")


def test_a_file_in_a_folder_that_does_not_exist_yet(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "config.json"
    watcher = ConfigWatcher(path)
    path.parent.parent.mkdir()
    qtbot.wait(400)
    path.parent.mkdir()
    qtbot.wait(400)
    with qtbot.waitSignal(watcher.configChanged, timeout=1000):
        path.write_text("{}")
