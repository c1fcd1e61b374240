"""The precedence table of config.md section 2."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.config_location import ConfigLocation, expand_home, locate_config

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Platform

DOT_CONFIG = ".config/codexbar/config.json"
LEGACY = ".codexbar/config.json"
ROAMING = "Roaming/codexbar/config.json"
OTHER = "other/codexbar/config.json"


def no_env(name: str) -> str | None:
    return None


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")


@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
@pytest.mark.parametrize(
    ("env", "existing", "expected"),
    [
        ({"CODEXBAR_CONFIG": "{home}/x.json"}, (DOT_CONFIG, LEGACY), "x.json"),
        ({"CODEXBAR_CONFIG": "  {home}/x.json  "}, (), "x.json"),
        ({"CODEXBAR_CONFIG": "~/sub/x.json"}, (), "sub/x.json"),
        ({"CODEXBAR_CONFIG": "{home}/x.json", "XDG_CONFIG_HOME": "{home}/other"}, (), "x.json"),
        ({"CODEXBAR_CONFIG": "  ", "XDG_CONFIG_HOME": "{home}/other"}, (), OTHER),
        ({"XDG_CONFIG_HOME": "{home}/other"}, (LEGACY,), OTHER),
        ({"XDG_CONFIG_HOME": "~/other"}, (DOT_CONFIG,), OTHER),
        ({"XDG_CONFIG_HOME": "other"}, (DOT_CONFIG,), DOT_CONFIG),
        ({"XDG_CONFIG_HOME": " "}, (LEGACY,), LEGACY),
        ({}, (DOT_CONFIG, LEGACY), DOT_CONFIG),
        ({}, (DOT_CONFIG,), DOT_CONFIG),
        ({}, (LEGACY,), LEGACY),
    ],
)
def test_precedence(
    tmp_path: Path, platform: Platform, env: dict[str, str], existing: tuple[str, ...], expected: str
) -> None:
    make(tmp_path, *existing)
    filled = {name: value.format(home=tmp_path) for name, value in env.items()}
    assert locate_config(filled.get, tmp_path, platform).path == tmp_path / expected


@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_a_new_install_uses_the_folder_of_the_seed(tmp_path: Path, platform: Platform) -> None:
    assert locate_config(no_env, tmp_path, platform) == ConfigLocation(tmp_path / LEGACY)


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ((), ROAMING),
        ((DOT_CONFIG, LEGACY), DOT_CONFIG),
        ((LEGACY,), LEGACY),
        ((ROAMING, DOT_CONFIG, LEGACY), ROAMING),
        ((ROAMING,), ROAMING),
    ],
)
def test_windows(tmp_path: Path, existing: tuple[str, ...], expected: str) -> None:
    make(tmp_path, *existing)
    env = {"APPDATA": str(tmp_path / "Roaming")}
    assert locate_config(env.get, tmp_path, "windows").path == tmp_path / expected
    xdg = env | {"XDG_CONFIG_HOME": str(tmp_path / "other")}
    assert locate_config(xdg.get, tmp_path, "windows").path == tmp_path / OTHER


def test_windows_without_appdata(tmp_path: Path) -> None:
    expected = tmp_path / "AppData" / "Roaming" / "codexbar" / "config.json"
    assert locate_config(no_env, tmp_path, "windows").path == expected


@pytest.mark.parametrize(
    ("env", "existing", "shadowed"),
    [
        ({}, (DOT_CONFIG, LEGACY), LEGACY),
        ({}, (DOT_CONFIG,), None),
        ({}, (LEGACY,), None),
        ({"XDG_CONFIG_HOME": "~/.config"}, (DOT_CONFIG, LEGACY), LEGACY),
        ({"XDG_CONFIG_HOME": "~/other"}, (LEGACY,), None),
        ({"CODEXBAR_CONFIG": "~/x.json"}, (DOT_CONFIG, LEGACY), None),
    ],
)
def test_a_second_file_is_named(
    tmp_path: Path, env: dict[str, str], existing: tuple[str, ...], shadowed: str | None
) -> None:
    make(tmp_path, *existing)
    found = locate_config(env.get, tmp_path, "linux").shadowed
    assert found == (tmp_path / shadowed if shadowed else None)


def test_a_relative_named_file_is_fixed_to_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    location = locate_config({"CODEXBAR_CONFIG": "x.json"}.get, Path("/nowhere"), "linux")
    assert location.path == tmp_path / "x.json"
    assert location.settings_path == tmp_path / "settings.json"


def test_a_folder_in_the_place_of_the_file_does_not_count(tmp_path: Path) -> None:
    (tmp_path / DOT_CONFIG).mkdir(parents=True)
    make(tmp_path, LEGACY)
    assert locate_config(no_env, tmp_path, "linux") == ConfigLocation(tmp_path / LEGACY)


def test_the_home_of_an_unknown_user_is_left_alone(tmp_path: Path) -> None:
    assert expand_home("~no-such-user-here/x", tmp_path) == Path("~no-such-user-here/x")
    assert expand_home("~", tmp_path) == tmp_path
