"""`config allow-browser` and `config refuse-browser`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def host(make_host: Callable[..., Any]) -> Any:
    return make_host()


def stored(tmp_path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((tmp_path / "settings.json").read_text())
    return found


@pytest.mark.parametrize("name", ["chrome", "Chrome", " CHROME "])
def test_a_browser_is_allowed_and_refused(host: Any, run: Any, tmp_path: Path, name: str) -> None:
    assert host.backend.browsers.access(host.backend.browsers.known("chrome")).state == "unasked"
    ended = run(host, "config", "allow-browser", name)
    assert (ended.code, ended.out) == (0, b"Config: allowed Chrome, CodexBar may read its sessions\n")
    assert stored(tmp_path) == {"browserAccess.chrome": "allowed"}
    assert host.backend.browsers.access(host.backend.browsers.known("chrome")).state == "allowed"
    ended = run(host, "config", "refuse-browser", name, "--json")
    assert json.loads(ended.out) == {"browser": "chrome", "displayName": "Chrome", "access": "refused"}
    assert host.backend.browsers.access(host.backend.browsers.known("chrome")).state == "refused"


def test_answers_about_other_browsers_stay(host: Any, run: Any, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"browserAccess.firefox": "refused", "unknown": 1}')
    run(host, "config", "allow-browser", "chrome")
    assert stored(tmp_path) == {"browserAccess.firefox": "refused", "browserAccess.chrome": "allowed", "unknown": 1}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "No browser was named. Add one of these: chrome, firefox."),
        (("netscape",), "There is no browser netscape on this system. Name one of these: chrome, firefox."),
        (("x" * 40,), "There is no browser of this name on this system. Name one of these: chrome, firefox."),
        (("chrome", "firefox"), "config allow-browser takes one browser. Run codexbar config allow-browser --help."),
    ],
)
def test_refusals(host: Any, run: Any, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    ended = run(host, "config", "allow-browser", *words)
    assert (ended.code, ended.out, ended.err) == (1, b"", f"Error: {told}\n")
    assert not (tmp_path / "settings.json").exists()


def test_settings_that_cannot_be_written_are_told(host: Any, run: Any, tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    ended = run(host, "config", "allow-browser", "chrome", "--json")
    (element,) = json.loads(ended.out)
    assert (ended.code, element["error"]["kind"]) == (1, "config")
