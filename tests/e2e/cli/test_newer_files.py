"""The installed command beside the files of a newer version: nothing of them is lost or overwritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Command

pytestmark = pytest.mark.e2e
FUTURE: dict[str, Any] = {"when": {"deep": [1, None, {"x": "y"}]}}
CONFIG: dict[str, Any] = {
    "version": 1,
    "later": FUTURE,
    "hooks": {"enabled": False, "events": [{"event": "later", "executable": "/x", "more": FUTURE}]},
    "providers": [
        {"id": "later", "enabled": True, "source": "later", "apiKey": 5},
        {"id": "openrouter", "later": FUTURE},
        {"id": "zai", "enabled": False, "later": FUTURE},
        {"id": "moonshot", "source": "later", "later": FUTURE},
    ],
}
SETTINGS: dict[str, Any] = {"later": FUTURE, "refreshFrequency": "later", "menuBarStyle": "later", "mergeIcons": False}
TEAM = ("--usage-scope", "team", "--organization-id", "org-1", "--workspace-id", "project-1")
WRITING = [
    ("config", "enable", "--provider", "openrouter"),
    ("config", "disable", "--provider", "moonshot"),
    ("config", "set-api-key", "--provider", "openrouter", "--stdin"),
    ("config", "set-api-key", "--provider", "moonshot", "--stdin"),
    ("config", "set-api-key", "--provider", "zai", *TEAM, "--stdin"),
]
ABOUT_BROWSERS = [("config", "allow-browser", "firefox"), ("config", "refuse-browser", "chrome")]


@pytest.fixture
def config(home: Path) -> Path:
    path = home / "config.json"
    path.write_text(json.dumps(CONFIG), "utf-8")
    path.with_name("settings.json").write_text(json.dumps(SETTINGS), "utf-8")
    return path


def names(folder: Path) -> set[str]:
    return {item.name for item in folder.iterdir() if item.is_file() and item.suffix != ".lock"}


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_what_is_not_known_stays(codexbar: Command, config: Path, words: tuple[str, ...]) -> None:
    done = codexbar.run(*words, stdin=b"test-key-1\n")
    assert done.returncode == 0, done.stderr.decode()
    after = json.loads(config.read_bytes())
    assert (after["later"], after["hooks"]) == (CONFIG["later"], CONFIG["hooks"])
    entries = {entry["id"]: entry for entry in after["providers"]}
    assert entries["later"] == CONFIG["providers"][0]
    assert all(entries[name]["later"] == FUTURE for name in ("openrouter", "zai", "moonshot"))
    assert names(config.parent) == {"config.json", "settings.json"}


@pytest.mark.parametrize("words", ABOUT_BROWSERS, ids=" ".join)
def test_preferences_that_are_not_known_stay(codexbar: Command, config: Path, words: tuple[str, ...]) -> None:
    done = codexbar.run(*words)
    assert done.returncode == 0, done.stderr.decode()
    after = json.loads(config.with_name("settings.json").read_bytes())
    assert {key: after[key] for key in SETTINGS} == SETTINGS
    assert len(after) == len(SETTINGS) + 1


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_a_config_of_a_newer_version_is_refused_in_one_sentence(
    codexbar: Command, config: Path, words: tuple[str, ...]
) -> None:
    config.write_text(json.dumps({**CONFIG, "version": 2}), "utf-8")
    before = config.read_bytes()
    done = codexbar.run(*words, stdin=b"test-key-1\n")
    told = f"The config file {config} belongs to a newer version and is left as it is. Update CodexBar to change it."
    assert done.returncode != 0
    assert done.stderr.decode().splitlines() == [f"Error: {told}"]
    assert done.stdout == b""
    assert config.read_bytes() == before
    assert names(config.parent) == {"config.json", "settings.json"}


@pytest.mark.parametrize("words", ABOUT_BROWSERS, ids=" ".join)
def test_preferences_of_a_newer_version_are_refused_in_one_sentence(
    codexbar: Command, config: Path, words: tuple[str, ...]
) -> None:
    settings = config.with_name("settings.json")
    settings.write_text(json.dumps({**SETTINGS, "version": 2}), "utf-8")
    before = settings.read_bytes()
    done = codexbar.run(*words)
    rest = "belongs to a newer version and is left as it is. Update CodexBar to change it."
    assert done.returncode != 0
    assert done.stderr.decode().splitlines() == [f"Error: The settings file {settings} {rest}"]
    assert settings.read_bytes() == before


def test_a_config_of_a_newer_version_can_still_be_read(codexbar: Command, config: Path) -> None:
    config.write_text(json.dumps({**CONFIG, "version": 2}), "utf-8")
    listed = codexbar.run("config", "providers")
    assert listed.returncode == 0, listed.stderr.decode()
    dumped = json.loads(codexbar.run("config", "dump").stdout)
    assert (dumped["version"], dumped["later"]) == (2, FUTURE)
    checked = codexbar.run("config", "validate")
    assert checked.returncode == 1
    assert b"version" in checked.stdout + checked.stderr
