"""Who is asked for a browser's key, how often, and that nobody is prompted unasked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.browser_cookies import system_keys
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.key_sources import (
    BrowserKeys,
    CookieKey,
    PasswordLookup,
    derive_key,
    most_useful,
)
from codexbar_qt.adapters.browser_cookies.kwallet import WalletPasswords
from codexbar_qt.adapters.browser_cookies.secret_service import SecretServicePasswords
from codexbar_qt.adapters.browser_cookies.system_keys import LaterSource, open_browser_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.browser_cookies.browser import Browser

CHROME, BRAVE = BY_ID["chrome"], BY_ID["brave"]


def test_derived_keys() -> None:
    assert derive_key(b"peanuts", "linux").hex() == "fd621fe5a2b402539dfa147ca9272778"
    assert derive_key(b"", "linux").hex() == "d0d0ec9c7d77d43ac54187fa4818d17f"
    assert derive_key(b"peanuts", "macos").hex() == "d9a09d499b4e1b7461f28e67972c6dbd"


def test_sources_are_asked_only_as_far_as_keys_are_wanted(linux: Any) -> None:
    first, second = linux.fake_source(linux.found(b"1", b"2")), linux.fake_source(linux.found(b"3"))
    search = BrowserKeys("linux", [first, second]).search(CHROME)
    keys = iter(search)
    assert next(keys).key == derive_key(b"1", "linux")
    assert next(keys).key == derive_key(b"2", "linux")
    assert second.asked == []
    assert next(keys).key == derive_key(b"3", "linux")
    assert list(keys) == []
    assert len(list(search)) == 3
    assert BrowserKeys("linux", [first]).search(CHROME).state == "unavailable"
    assert (first.asked, second.asked) == ([("chrome", False)], [("chrome", False)])
    assert search.state == "found"


def test_found_keys_are_remembered_per_browser_and_others_are_not(linux: Any) -> None:
    source = linux.fake_source(linux.found(b"1"))
    keys = BrowserKeys("linux", [source])
    for browser in (CHROME, CHROME, BRAVE, CHROME):
        assert len(list(keys.search(browser))) == 1
    assert source.asked == [("chrome", False), ("brave", False)]
    keys.forget("chrome")
    assert len(list(keys.search(CHROME))) + len(list(keys.search(BRAVE))) == 2
    assert len(source.asked) == 3
    keys.forget()
    list(keys.search(BRAVE))
    assert len(source.asked) == 4

    source.silent = PasswordLookup("locked")
    keys.forget()
    assert [list(keys.search(CHROME)), list(keys.search(CHROME))] == [[], []]
    assert len(source.asked) == 6


def test_one_dialog_after_all_have_been_asked_without(linux: Any) -> None:
    missing = linux.fake_source(PasswordLookup("missing"))
    locked = linux.fake_source(PasswordLookup("locked"), linux.found(b"1"))
    also_locked = linux.fake_source(PasswordLookup("locked"), linux.found(b"2"))
    keys = BrowserKeys("linux", [missing, locked, also_locked])
    search = keys.search(CHROME, interactive=True)
    assert [key.key for key in search] == [derive_key(b"1", "linux")]
    assert missing.asked == [("chrome", False)]
    assert locked.asked == [("chrome", False), ("chrome", True)]
    assert also_locked.asked == [("chrome", False)]
    assert list(search) == list(keys.search(CHROME))


def test_no_dialog_where_a_key_is_found_without(linux: Any) -> None:
    locked = linux.fake_source(PasswordLookup("locked"), linux.found(b"1"))
    other = linux.fake_source(linux.found(b"2"))
    search = BrowserKeys("linux", [locked, other]).search(CHROME, interactive=True)
    assert next(iter(search)).key == derive_key(b"2", "linux")
    assert locked.asked == [("chrome", False)]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["unavailable", "missing", "locked"], "locked"),
        (["missing", "unavailable"], "missing"),
        (["locked", "denied", "prompt"], "denied"),
        (["denied", "found"], "found"),
        ([], "unavailable"),
    ],
)
def test_the_most_useful_state(states: list[Any], expected: str) -> None:
    assert most_useful(states) == expected


def test_two_readers_ask_once(linux: Any) -> None:
    both = threading.Barrier(2, timeout=30)

    class Source:
        asked = 0

        def find(self, browser: object, *, interactive: bool) -> PasswordLookup:
            self.asked += 1
            answer: PasswordLookup = linux.found(b"1")
            return answer

    source = Source()
    keys = BrowserKeys("linux", [source])

    def read() -> None:
        both.wait()
        list(keys.search(CHROME))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(timeout=30)
    assert source.asked == 1


@pytest.mark.parametrize(("system", "state"), [("linux", "locked"), ("macos", "prompt")])
def test_an_open_dialog_keeps_nobody_waiting(make_lab: Callable[..., Any], system: str, state: str) -> None:
    """Whoever reads in the background meanwhile goes on without the key, also one who was waiting before."""
    lab = make_lab(system)
    answered, shown = threading.Event(), threading.Event()

    class Source:
        def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
            if not interactive:
                return lab.found(b"2") if browser.id == "brave" and answered.is_set() else PasswordLookup("locked")
            shown.set()
            assert answered.wait(30)
            granted: PasswordLookup = lab.found(b"1")
            return granted

    keys = lab.keys(Source())
    keys._known["chromium", 0] = (CookieKey(b"known"),)
    people = threading.Thread(target=lambda: list(keys.search(CHROME, interactive=True)))
    people.start()
    assert shown.wait(30)
    try:
        background = keys.search(BRAVE)
        assert (list(background), background.state) == ([], state)
        assert [one.key for one in keys.search(BY_ID["chromium"])] == [b"known"]
    finally:
        answered.set()
        people.join(timeout=30)
    assert [one.key for one in keys.search(CHROME)] == [keys.derive(b"1")]
    assert [one.key for one in keys.search(BRAVE)] == [keys.derive(b"2")]


def test_keys_do_not_show_in_representations(linux: Any) -> None:
    lookup = linux.found(b"test-password-1")
    keys = BrowserKeys("linux", [linux.fake_source(lookup)])
    shown = repr(lookup) + repr(list(keys.search(CHROME))) + repr(keys)
    assert "test-password-1" not in shown
    assert repr(derive_key(b"test-password-1", "linux")) not in shown


@pytest.mark.parametrize(
    ("desktop", "wallet_first"),
    [("KDE", True), ("ubuntu:GNOME", False), ("X-Cinnamon", False), ("", False), ("plasma", True), ("sway", False)],
)
def test_stores_of_linux_by_desktop(
    make_lab: Any, monkeypatch: pytest.MonkeyPatch, desktop: str, wallet_first: bool
) -> None:
    asked: list[type] = []

    def answer(self: object, _browser: object, *, interactive: bool) -> PasswordLookup:
        asked.append(type(self))
        return PasswordLookup("missing")

    monkeypatch.setattr(SecretServicePasswords, "find", answer)
    monkeypatch.setattr(WalletPasswords, "find", answer)
    keys = open_browser_keys(make_lab("linux", XDG_CURRENT_DESKTOP=desktop).place)
    assert list(keys.search(CHROME)) == []
    assert asked == (
        [WalletPasswords, SecretServicePasswords] if wallet_first else [SecretServicePasswords, WalletPasswords]
    )


@pytest.mark.skipif("sys.platform == 'darwin'", reason="has the frameworks")
def test_frameworks_that_are_not_there(macos: Any) -> None:
    keys = open_browser_keys(macos.place)
    search = keys.search(CHROME, interactive=True)
    assert list(search) == []
    assert search.state == "unavailable"


def test_a_source_that_is_made_later(linux: Any) -> None:
    made: list[object] = []

    def make() -> Any:
        made.append(linux.fake_source(linux.found(b"1")))
        return made[-1]

    source = LaterSource(make)
    assert made == []
    assert source.find(CHROME, interactive=False).state == "found"
    assert source.find(CHROME, interactive=True).state == "denied"
    assert len(made) == 1


def test_windows_has_no_stores(windows: Any) -> None:
    keys = system_keys.open_browser_keys(windows.place)
    assert list(keys.search(CHROME)) == []
    assert keys.platform == "windows"
