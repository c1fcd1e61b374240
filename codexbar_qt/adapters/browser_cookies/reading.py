"""Reads the cookies that a provider needs from one profile of one browser.

Blocks: call it in a thread. Nothing is raised for what a profile can hold, and nothing is written to it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies import problems
from codexbar_qt.adapters.browser_cookies.binary_cookies import BinaryCookiesError, parse_binary_cookies
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.chromium_ciphers import (
    Obstacle,
    PasswordCipher,
    WindowsCipher,
)
from codexbar_qt.adapters.browser_cookies.chromium_cookies import read_chromium
from codexbar_qt.adapters.browser_cookies.cookie_files import SESSION_FILE, cookie_files
from codexbar_qt.adapters.browser_cookies.cookie_rules import (
    FoundCookie,
    merge_cookies,
    normalise_domain,
    select_cookies,
)
from codexbar_qt.adapters.browser_cookies.firefox_cookies import read_firefox
from codexbar_qt.adapters.browser_cookies.firefox_session import read_firefox_session
from codexbar_qt.adapters.browser_cookies.private_copy import CopyError, CopyFailure, copy_file
from codexbar_qt.adapters.browser_cookies.small_file import read_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.key_sources import BrowserKeys, KeyState
    from codexbar_qt.adapters.browser_cookies.problems import ReadProblem
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile
    from codexbar_qt.provider_api.browser import Cookie, CookieQuery

MOST_DOMAINS = 50
MOST_NAMES = 200
LARGEST_SAFARI = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Cookies of one profile in the order of a header, problems for people, and what was read: files and key items.

    `counts` are the files among the sources with the number of wanted cookies in each.
    """

    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    problems: tuple[ReadProblem, ...] = ()
    sources: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()


def read_cookies(
    profile: BrowserProfile, query: CookieQuery, keys: BrowserKeys, now: datetime, *, interactive: bool = False
) -> ReadResult:
    """Return the cookies of `query` that have not expired at `now` (aware).

    Only rows of its domains are looked at, and keys are asked for only when one of these is encrypted; `interactive`
    allows one dialog for that. A problem of one store does not hide the cookies of another.
    """
    return _Reading(profile, query, keys, now, interactive=interactive).run()


class _Reading:
    """One read: what it found and what went wrong so far."""

    def __init__(
        self, profile: BrowserProfile, query: CookieQuery, keys: BrowserKeys, now: datetime, *, interactive: bool
    ) -> None:
        self._profile = profile
        self._browser: Browser = BY_ID[profile.browser]
        self._query = query
        self._keys = keys
        self._now = now
        self._interactive = interactive
        self._domains = tuple(filter(None, (normalise_domain(domain) for domain in query.domains)))[:MOST_DOMAINS]
        self._names = query.names if len(query.names) <= MOST_NAMES else ()  # the rest is left to select_cookies
        self._found: list[FoundCookie] = []
        self._problems: list[ReadProblem] = []
        self._sources: list[str] = []
        self._counts: dict[str, int] = {}

    def run(self) -> ReadResult:
        if self._domains:
            {"chromium": self._chromium, "firefox": self._firefox, "safari": self._safari}[self._profile.family]()
        return ReadResult(
            cookies=merge_cookies(self._found),
            problems=tuple(dict.fromkeys(self._problems)),
            sources=tuple(dict.fromkeys(self._sources)),
            counts=tuple(self._counts.items()),
        )

    def _chromium(self) -> None:
        search = self._keys.search(self._browser, interactive=self._interactive)
        is_windows = self._keys.platform == "windows"
        cipher = WindowsCipher(self._keys, self._profile.root) if is_windows else PasswordCipher(self._keys, search)
        obstacles: Counter[Obstacle] = Counter()

        def read(file: Path) -> Sequence[FoundCookie]:
            result = read_chromium(file, self._keys.platform, self._domains, self._names, cipher, self._now)
            obstacles.update(result.obstacles)
            return result.cookies

        for file in cookie_files(self._profile):
            self._read(file, read)
        self._sources += sorted(cipher.used)
        if obstacles["wrong_key"] and not cipher.used:
            self._keys.forget(self._browser.id)  # the browser may have a new one
        self._report(obstacles, "missing" if is_windows else search.state)

    def _report(self, obstacles: Counter[Obstacle], state: KeyState) -> None:
        browser, profile = self._browser, self._profile
        is_linux = self._keys.platform == "linux"
        if count := obstacles["needs_key"]:
            self._problems.append(problems.needs_key(browser, profile, state, count, is_linux=is_linux))
        if count := obstacles["app_bound"]:
            self._problems.append(problems.app_bound(browser, profile, count))
        if count := obstacles["sandbox_key"]:
            self._problems.append(problems.sandbox_key(browser, profile, count))
        if count := obstacles["wrong_key"]:
            self._problems.append(problems.wrong_key(browser, profile, count))

    def _firefox(self) -> None:
        platform = self._keys.platform
        for file in cookie_files(self._profile):
            self._read(file, lambda path: read_firefox(path, platform, self._domains, self._names))
        # Sites set cookies that last beside the one of the login, which may end with the session: in no table then.
        names = frozenset(one.cookie.name for one in self._found)
        if not names or not self._query.is_session(names):
            file = self._profile.folder / SESSION_FILE
            self._read(file, lambda path: read_firefox_session(path, platform, self._domains))

    def _safari(self) -> None:
        def read(file: Path) -> Sequence[FoundCookie]:
            with copy_file(file, self._keys.platform, most=LARGEST_SAFARI) as copy:
                data = read_small(copy, most=LARGEST_SAFARI) or b""
            return self._select(parse_binary_cookies(data, self._domains))

        for file in cookie_files(self._profile):
            self._read(file, read)

    def _select(self, found: Iterable[FoundCookie]) -> Sequence[FoundCookie]:
        return select_cookies(found, self._query, self._now)

    def _read(self, file: Path, read: Callable[[Path], Sequence[FoundCookie]]) -> None:
        try:
            found = read(file)
        except CopyError as failure:
            self._fail(failure.kind)
        except (sqlite3.Error, BinaryCookiesError):
            self._fail("unreadable")
        else:
            wanted = self._select(found)
            self._sources.append(str(file))
            self._counts[str(file)] = len(wanted)
            self._found += wanted

    def _fail(self, kind: CopyFailure) -> None:
        if kind == "missing":
            return
        make = problems.unreadable
        if kind == "locked":
            make = problems.locked_database
        elif kind == "forbidden" and self._profile.family == "safari":
            make = problems.full_disk_access
        self._problems.append(make(self._browser, self._profile))
