"""The kept session in a real gnome-keyring, in a D-Bus session of its own, through the installed command.

The browser is a Firefox profile made here; the service is a recorded case behind the proxy.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.provider_testing import load_case

if TYPE_CHECKING:
    from codexbar_qt.provider_testing import Case

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is of Linux"),
]
needs_keyring = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="gnome-keyring and dbus-run-session are not installed",
)
FOLDER = Path(__file__).parents[2] / "providers" / "ollama"
COMMAND = Path(sys.executable).with_name("codexbar")
HEADER = f"theme={'x' * 4096}; wos-session=test-session-8"
USAGE = ("usage", "--provider", "ollama", "--json-only")
CLEAR = ("cache", "clear", "--cookies", "--provider", "ollama")
LOCKED = "The keyring is locked. Unlock it and run the command again."

# Runs inside the D-Bus session: command lines, and what is done to profile and keyring between them.
DRIVER = """
import contextlib, json, shutil, subprocess, sys
import secretstorage

def entries(connection):
    items = secretstorage.search_items(connection, {"service": "com.steipete.codexbar.cache"})
    return {item.get_attributes()["username"]: item.get_secret().decode() for item in items}

def step(name, *words):
    if name == "run":
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        return {"code": done.returncode, "out": done.stdout, "err": done.stderr}
    if name == "move":
        shutil.move(*words)
        return None
    with contextlib.closing(secretstorage.dbus_init()) as connection:
        if name == "lock":
            secretstorage.Collection(connection).lock()
            return None
        return entries(connection)

print(json.dumps([step(*line) for line in json.load(open(sys.argv[1]))]))
"""
UNLOCK = 'printf test-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'


@pytest.fixture
def case() -> Case:
    """A service that takes a session of 4 KB."""
    recorded = load_case(FOLDER / "chrome.json")
    answers = [
        replace(answer, expected=replace(answer.expected, headers={"cookie": HEADER})) for answer in recorded.http
    ]
    return replace(recorded, http=tuple(answers))


@pytest.fixture
def profile(home: Path) -> Path:
    """A Firefox profile with that session."""
    folder = home / ".mozilla" / "firefox" / "abcd.default-release"
    folder.mkdir(parents=True)
    columns = "originAttributes, name, value, host, path, expiry, isSecure, isHttpOnly"
    with closing(sqlite3.connect(folder / "cookies.sqlite")) as database, database:
        database.execute(f"CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, {columns})")
        for pair in HEADER.split("; "):
            row = ("", *pair.split("=", 1), "ollama.com", "/", 4_000_000_000, 1, 1)
            database.execute(f"INSERT INTO moz_cookies ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return folder


@pytest.fixture
def environment(home: Path, profile: Path, serve: Any, case: Case) -> dict[str, str]:
    """The variables of every command: an own home, and the proxy that is the service."""
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": [{"id": "ollama", "enabled": True}]}))
    _, leading_there = serve(case)
    system = {"PATH": "/usr/bin:/bin", "CODEXBAR_CONFIG": str(home / "config.json")}
    kept = {key: value for key, value in os.environ.items() if key != "PYTHON_KEYRING_BACKEND"}
    return {**kept, **system, **leading_there}


def in_session(steps: list[tuple[str, ...]], environment: dict[str, str], folder: Path) -> list[Any]:
    """Take steps in a session with an unlocked keyring; return what came of each."""
    (folder / "driver.py").write_text(DRIVER)
    (folder / "steps.json").write_text(json.dumps(steps))
    inner = [sys.executable, str(folder / "driver.py"), str(folder / "steps.json")]
    done = subprocess.run(
        ["dbus-run-session", "--", "/bin/sh", "-c", UNLOCK, "sh", *inner],
        env={key: value for key, value in environment.items() if key != "DBUS_SESSION_BUS_ADDRESS"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def run(*words: str) -> tuple[str, ...]:
    return ("run", str(COMMAND), *words)


def told(ended: dict[str, Any]) -> str:
    """Return the error of a `usage` element, "" for numbers."""
    (element,) = json.loads(ended["out"])
    if "error" in element:
        return str(element["error"]["message"])
    assert (element["source"], element["usage"]["primary"]["usedPercent"]) == ("web", 12.5)
    return ""


@needs_keyring
def test_a_session_is_stored_used_and_forgotten(
    environment: dict[str, str], profile: Path, home: Path, tmp_path: Path
) -> None:
    away = str(tmp_path / "away")
    ended = in_session(
        [
            run(*USAGE),
            run("config", "allow-browser", "firefox"),
            run(*USAGE),
            ("entries",),
            ("move", str(profile), away),
            run(*USAGE),
            run(*CLEAR),
            ("entries",),
            run(*USAGE),
        ],
        environment,
        tmp_path,
    )
    unasked, allowed, imported, stored, _, cached, cleared, left, nothing = ended
    assert told(unasked) == (
        "CodexBar has not been allowed to read Firefox. "
        "Run codexbar config allow-browser firefox to use the session you have there."
    )
    assert allowed["code"] == 0
    assert told(imported) == ""
    entry = json.loads(stored["cookie.ollama"])
    assert (entry["cookieHeader"], entry["sourceLabel"]) == (HEADER, "Firefox default-release")
    assert told(cached) == ""
    assert (cleared["code"], cleared["out"]) == (0, "cookies: cleared (ollama)\n")
    assert left == {}
    assert told(nothing) != ""
    assert all("test-session" not in item["out"] + item["err"] for item in ended if item and "out" in item)
    ledger = json.loads((home / ".cache" / "codexbar" / "access-ledger.json").read_text())
    assert {(record["what"], record["item"], record["provider_id"], record["result"]) for record in ledger} == {
        ("Cookies", "~/.mozilla/firefox/abcd.default-release/cookies.sqlite", "ollama", "2 cookies")
    }


@needs_keyring
def test_a_locked_keyring_stops_nothing_but_the_clearing(
    environment: dict[str, str], profile: Path, tmp_path: Path
) -> None:
    steps = [
        run("config", "allow-browser", "firefox"),
        run(*USAGE),
        ("lock",),
        run(*USAGE),
        run(*CLEAR),
    ]
    _, imported, _, locked, cleared = in_session(steps, environment, tmp_path)
    assert (told(imported), told(locked)) == ("", "")
    assert (cleared["code"], cleared["out"]) == (1, f"cookies: failed to clear (ollama) - {LOCKED}\n")


def test_without_a_secret_service_everything_works_and_nothing_is_written(
    environment: dict[str, str], profile: Path, home: Path
) -> None:
    def command(*words: str) -> dict[str, Any]:
        done = subprocess.run(
            [str(COMMAND), *words], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return {"code": done.returncode, "out": done.stdout, "err": done.stderr}

    command("config", "allow-browser", "firefox")
    ended = command(*USAGE, "-v")
    assert told(ended) == ""
    assert "The session of ollama is kept in memory: the keyring is unavailable" in ended["err"]
    assert told(command(*USAGE)) == ""
    cleared = command(*CLEAR)
    assert (cleared["code"], cleared["out"]) == (0, "cookies: nothing to clear\n")
    files = [path for path in home.rglob("*") if path.is_file() and profile not in path.parents]
    assert files
    assert not [path for path in files if b"test-session" in path.read_bytes()]
