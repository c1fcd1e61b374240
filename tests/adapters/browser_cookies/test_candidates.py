"""Which browsers are asked at all, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from codexbar_qt.adapters.browser_cookies.candidates import REMEMBERED_SECONDS, BrowserCandidates, browser_groups
from codexbar_qt.adapters.browser_cookies.catalogue import BROWSERS, BY_ID
from codexbar_qt.provider_api.browser import BrowserOrder

ALL = [browser.id for browser in BROWSERS]


def ids(order: BrowserOrder) -> list[list[str]]:
    return [[browser.id for browser in group] for group in browser_groups(order)]


def test_orders() -> None:
    assert ids(BrowserOrder()) == [ALL]
    assert ids(BrowserOrder(("chrome",), only=True)) == [["chrome"]]
    rest = [name for name in ALL if name not in ("arc", "chrome")]
    assert ids(BrowserOrder(("arc", "chrome", "arc", "netscape"))) == [["arc", "chrome", *rest]]
    assert ids(BrowserOrder(("arc", "chrome"), group=True)) == [["arc", "chrome"], rest]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_browser_without_cookies_is_none(linux: Any, clock: Clock) -> None:
    candidates = BrowserCandidates(linux.place, monotonic=clock)
    (linux.place.home / ".config/chromium/Default").mkdir(parents=True)
    linux.write_firefox(linux.place.home / ".mozilla/firefox/a.default/cookies.sqlite", [])
    assert candidates.groups(BrowserOrder()) == ((BY_ID["firefox"],),)
    assert candidates.groups(BrowserOrder(("chrome",), only=True)) == ((),)


def test_the_answer_is_remembered_for_ten_minutes(linux: Any, clock: Clock) -> None:
    candidates = BrowserCandidates(linux.place, monotonic=clock)
    chromium = BY_ID["chromium"]
    assert not candidates.is_candidate(chromium)
    linux.write_chromium(linux.place.home / ".config/chromium/Default/Cookies", [])
    clock.now = REMEMBERED_SECONDS - 1
    assert not candidates.is_candidate(chromium)
    clock.now = REMEMBERED_SECONDS
    assert candidates.is_candidate(chromium)
    (linux.place.home / ".config/chromium/Default/Cookies").unlink()
    assert candidates.is_candidate(chromium)
    candidates.forget()
    assert not candidates.is_candidate(chromium)


def test_without_keyrings_chromium_is_left_out(linux: Any) -> None:
    linux.write_chromium(linux.place.home / ".config/chromium/Default/Cookies", [])
    linux.write_firefox(linux.place.home / ".zen/a.default/cookies.sqlite", [])
    candidates = BrowserCandidates(linux.place)
    assert candidates.groups(BrowserOrder(), keyring_allowed=False) == ((BY_ID["zen"],),)
    assert candidates.groups(BrowserOrder()) == ((BY_ID["chromium"], BY_ID["zen"]),)


def test_on_macos_the_application_must_be_there(macos: Any) -> None:
    macos.write_chromium(macos.place.home / "Library/Application Support/Google/Chrome/Default/Cookies", [])
    registered: set[str] = set()
    candidates = BrowserCandidates(macos.place, registered.__contains__)
    chrome = BY_ID["chrome"]
    assert not candidates.is_candidate(chrome)
    registered.add("com.google.Chrome")
    assert candidates.is_candidate(chrome)
    registered.clear()
    assert not candidates.is_candidate(chrome)
    for folder in (macos.place.root / "Applications", macos.place.home / "Applications"):
        (folder / "Google Chrome.app").mkdir(parents=True)
        assert candidates.is_candidate(chrome)
        (folder / "Google Chrome.app").rmdir()
        assert not candidates.is_candidate(chrome)


def test_safari_is_always_one_on_macos(linux: Any) -> None:
    assert not BrowserCandidates(linux.place).is_candidate(BY_ID["safari"])


def test_safari(macos: Any) -> None:
    candidates = BrowserCandidates(macos.place)
    assert candidates.groups(BrowserOrder(), keyring_allowed=False) == ((BY_ID["safari"],),)
