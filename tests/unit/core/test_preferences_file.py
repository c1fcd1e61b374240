"""settings.json: tolerant reading, careful writing."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core.config_errors import ConfigEditError, ConfigReadOnlyError, ConfigWriteError
from codexbar_qt.core.json_document import MAX_BYTES
from codexbar_qt.core.preferences import Preferences
from codexbar_qt.core.preferences_file import PreferencesFile
from codexbar_qt.core.private_file import FileCalls, PrivateFile

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def no_env(name: str) -> str | None:
    return None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conf" / "settings.json"


@pytest.fixture
def file(path: Path, now: datetime) -> PreferencesFile:
    return PreferencesFile(path, no_env, lambda: now)


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def stored(path: Path) -> Any:
    return json.loads(path.read_bytes())


def test_a_missing_file_is_a_fresh_install_and_is_not_made(file: PreferencesFile, path: Path) -> None:
    assert file.load() == Preferences()
    assert file.problem is None
    assert not path.parent.exists()


def test_values_are_stored_under_the_names_of_the_reference(file: PreferencesFile, path: Path) -> None:
    write(path, {"later": {"x": None}, "mergeIcons": True})
    found = file.update({"start_at_login": True, "mergeIcons": False, "kiroMenuBarDisplay": "hidden"})
    assert (found.start_at_login, found.merge_icons) == (True, False)
    assert found == file.load()
    expected = {"later": {"x": None}, "launchAtLogin": True, "mergeIcons": False, "kiroMenuBarDisplay": "hidden"}
    assert stored(path) == expected
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_none_takes_a_value_back(file: PreferencesFile, path: Path) -> None:
    file.update({"selected_provider": "beta", "overview_providers": ("a", "b")})
    assert stored(path) == {"selectedMenuProvider": "beta", "mergedOverviewSelectedProviders": ["a", "b"]}
    file.update({"selected_provider": None})
    assert stored(path) == {"mergedOverviewSelectedProviders": ["a", "b"]}


@pytest.mark.parametrize("name", ["menu_bar_style", "menuBarStyle"])
def test_a_value_that_does_not_fit_is_refused(file: PreferencesFile, path: Path, name: str) -> None:
    with pytest.raises(ConfigEditError, match="cannot have this value"):
        file.update({name: "x"})
    assert not path.exists()


def test_the_environment_is_never_stored(path: Path, now: datetime) -> None:
    env = {"CODEXBAR_PREF_HIDE_PERSONAL_INFO": "1", "CODEXBAR_PREF_REFRESH_FREQUENCY": "manual"}
    file = PreferencesFile(path, env.get, lambda: now)
    found = file.update({"merge_icons": False})
    assert (found.hide_personal_info, found.refresh_frequency) == (True, "manual")
    assert stored(path) == {"mergeIcons": False}
    file.settle()
    assert stored(path)["refreshFrequency"] == "fiveMinutes"


@pytest.mark.parametrize(
    ("content", "frequency"),
    [
        (None, "adaptive"),
        ({}, "fiveMinutes"),
        ({"refreshFrequency": 7, "mergeIcons": False}, "fiveMinutes"),
        ({"refreshFrequency": "oneMinute"}, "oneMinute"),
    ],
)
def test_the_cadence_in_force_is_stored_once(
    file: PreferencesFile, path: Path, content: dict[str, object] | None, frequency: str
) -> None:
    if content is not None:
        write(path, content)
    assert file.settle().refresh_frequency == frequency
    assert stored(path) == {**(content or {}), "refreshFrequency": frequency}
    before = path.stat().st_mtime_ns
    assert file.settle().refresh_frequency == frequency
    assert path.stat().st_mtime_ns == before


def test_a_cadence_of_a_newer_version_stays(file: PreferencesFile, path: Path) -> None:
    write(path, {"refreshFrequency": "agentAware"})
    assert file.settle().refresh_frequency == "fiveMinutes"
    file.update({"merge_icons": False})
    assert stored(path) == {"refreshFrequency": "agentAware", "mergeIcons": False}


def test_the_file_of_a_newer_version_is_read_and_never_written(file: PreferencesFile, path: Path) -> None:
    write(path, {"version": 2, "mergeIcons": False, "menuBarStyle": {"now": "an object"}})
    before = path.read_bytes()
    found = file.load()
    assert (found.merge_icons, found.menu_bar_style) == (False, "bars")
    told = f"The settings file {path} belongs to a newer version and is left as it is. Update CodexBar to change it."
    assert file.problem == told
    assert not file.settle().merge_icons
    with pytest.raises(ConfigReadOnlyError) as caught:
        file.update({"merge_icons": True})
    assert caught.value.message == told
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir() if item.suffix != ".lock"] == ["settings.json"]


@pytest.mark.parametrize("version", [1, 0, None, "9", True, 1.5])
def test_other_versions_hold_nothing_up(file: PreferencesFile, path: Path, version: object) -> None:
    write(path, {"version": version, "mergeIcons": True})
    file.update({"merge_icons": False})
    assert stored(path) == {"version": version, "mergeIcons": False}


@pytest.mark.parametrize("content", [b"", b"{half", b"[]"])
def test_a_corrupt_file_gives_defaults_a_sentence_and_a_copy(file: PreferencesFile, path: Path, content: bytes) -> None:
    write(path, content)
    assert file.load().refresh_frequency == "fiveMinutes"
    assert (file.problem or "").startswith(f"The settings file {path} could not be read: ")
    file.settle()
    assert path.read_bytes() == content
    file.update({"merge_icons": False})
    assert file.problem is None
    assert stored(path) == {"mergeIcons": False}
    assert (path.parent / "settings.json.corrupt-20260716T120005Z").read_bytes() == content


@pytest.mark.parametrize("kind", ["folder", "huge"])
def test_a_file_that_cannot_be_read_is_not_written(file: PreferencesFile, path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir(parents=True)
    else:
        path.parent.mkdir()
        with path.open("wb") as stream:
            stream.truncate(MAX_BYTES + 1)
    assert file.load().refresh_frequency == "fiveMinutes"
    assert file.problem is not None
    assert file.problem.endswith("Check the file and its permissions.")
    with pytest.raises(ConfigReadOnlyError):
        file.update({"merge_icons": False})
    file.settle()
    assert not list(path.parent.glob("*corrupt*"))


def test_refusals_of_the_system_are_said_in_words(path: Path, now: datetime) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(30, "Read-only file system")

    file = PreferencesFile(path, no_env, lambda: now, FileCalls(replace=refuse), lock_seconds=0.05)
    with pytest.raises(ConfigWriteError) as caught:
        file.update({"merge_icons": False})
    reason = "could not be saved: the disk is read-only. Check the disk and try again."
    assert caught.value.message == f"The settings file {path} {reason}"
    with PrivateFile(path).locked(), pytest.raises(ConfigWriteError, match="in use by another program"):
        file.update({"merge_icons": False})
