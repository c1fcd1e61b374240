"""The keys of Chromium browsers: who is asked, what is remembered, and that nobody is prompted unasked."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.provider_api import Platform

KeyState = Literal["found", "missing", "locked", "prompt", "denied", "unavailable"]
_USEFUL_FIRST: tuple[KeyState, ...] = ("found", "denied", "prompt", "locked", "missing")


def most_useful(states: Iterable[KeyState]) -> KeyState:
    """Return "found", else the state that people can do most about; "unavailable" for none at all."""
    seen: frozenset[KeyState] = frozenset(states)
    for state in _USEFUL_FIRST:
        if state in seen:
            return state
    return "unavailable"


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """The password of a browser's cookies. `item` says where it is kept ("Secret Service: Chrome Safe Storage")."""

    password: bytes = field(repr=False)
    item: str


@dataclass(frozen=True, slots=True)
class PasswordLookup:
    """What a store answered; `passwords` is filled exactly when `state` is "found".

    "missing" (no such entry); "locked" (people would have to unlock the store); "prompt" (the system would ask people
    first); "denied" (people were asked and said no); "unavailable" (there is no such store, or it does not answer).
    """

    state: KeyState
    passwords: tuple[StoredPassword, ...] = ()


class PasswordSource(Protocol):
    """A key store of the system. Nothing raises, and nothing asks people unless `interactive`. Blocks."""

    def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
        """Look for the passwords of a browser; `interactive` allows one dialog."""
        ...


@dataclass(frozen=True, slots=True)
class CookieKey:
    """A derived AES key and the item it comes from."""

    key: bytes = field(repr=False)
    item: str = ""


class BrowserKeys:
    """Keys of all Chromium browsers of one system; derived keys stay in memory for the life of the process.

    Args:
        platform: The system; it decides how often a password is hashed.
        sources: The stores in the order in which they are asked.
        unprotect: Windows' CryptUnprotectData for the current user: returns None for what it cannot open.
    """

    def __init__(
        self,
        platform: Platform,
        sources: Sequence[PasswordSource] = (),
        unprotect: Callable[[bytes], bytes | None] | None = None,
    ) -> None:
        self.platform: Platform = platform
        self.unprotect = unprotect
        self._sources = tuple(sources)
        self._known: dict[tuple[str, int], tuple[CookieKey, ...]] = {}
        self._turn = threading.Condition()
        self._question: Literal["", "silent", "dialog"] = ""

    def search(self, browser: Browser, *, interactive: bool = False) -> KeySearch:
        """Return the search for one read of one browser; nothing is asked before its first key is wanted."""
        return KeySearch(self, browser, len(self._sources), interactive=interactive)

    def forget(self, browser_id: str = "") -> None:
        """Drop the remembered keys of a browser, "" of all."""
        with self._turn:
            for known in [key for key in self._known if not browser_id or key[0] == browser_id]:
                del self._known[known]

    def ask(self, browser: Browser, index: int, *, interactive: bool) -> tuple[KeyState, tuple[CookieKey, ...]]:
        """Return the remembered keys of one source, or ask it, one question at a time.

        Nobody in the background waits for people who look at a dialog: it is as if they had not been asked yet.
        """
        with self._turn:
            self._turn.wait_for(lambda: not self._question or (self._question == "dialog" and not interactive))
            known = self._known.get((browser.id, index))
            if known is not None:
                return "found", known
            if self._question:
                return "prompt" if self.platform == "macos" else "locked", ()
            self._set_question("dialog" if interactive else "silent")
        keys: tuple[CookieKey, ...] = ()
        try:
            answer = self._sources[index].find(browser, interactive=interactive)
            keys = tuple(CookieKey(self.derive(one.password), one.item) for one in answer.passwords)
        finally:
            with self._turn:
                if keys:
                    self._known[browser.id, index] = keys
                self._set_question("")
        return answer.state, keys

    def _set_question(self, kind: Literal["", "silent", "dialog"]) -> None:
        self._question = kind
        self._turn.notify_all()

    def derive(self, password: bytes) -> bytes:
        """Return the AES-128 key of a password."""
        return derive_key(password, self.platform)


def derive_key(password: bytes, platform: Platform) -> bytes:
    """Return 16 bytes: PBKDF2-HMAC-SHA1 with 1003 rounds on macOS, one on Linux."""
    return hashlib.pbkdf2_hmac("sha1", password, b"saltysalt", 1003 if platform == "macos" else 1, 16)


class KeySearch:
    """The keys of one browser for one read, asked for only as far as they are needed.

    First all sources without a dialog; then, if `interactive`, the first one that wants a dialog, once.
    """

    def __init__(self, keys: BrowserKeys, browser: Browser, count: int, *, interactive: bool) -> None:
        self._keys = keys
        self._browser = browser
        self._found: list[CookieKey] = []
        self._states: dict[int, KeyState] = {}
        self._questions = [(index, False) for index in range(count)]
        self._interactive = interactive

    def __iter__(self) -> Iterator[CookieKey]:
        position = 0
        while position < len(self._found) or self._ask_next():
            if position < len(self._found):
                yield self._found[position]
                position += 1

    @property
    def state(self) -> KeyState:
        """What came of it so far: "found", else what people can do most about."""
        return most_useful(self._states.values())

    def _ask_next(self) -> bool:
        if not self._questions and self._interactive:
            self._interactive = False
            wanting = [index for index, state in self._states.items() if state in ("locked", "prompt")]
            self._questions += [(index, True) for index in wanting[:1]]
        if not self._questions:
            return False
        index, interactive = self._questions.pop(0)
        self._states[index], keys = self._keys.ask(self._browser, index, interactive=interactive)
        self._found += keys
        return True
