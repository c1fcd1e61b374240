"""The sites of the providers: what their recorded cases say a browser holds, left there by real pages."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from codexbar_qt.provider_testing import Case, parse_case
from tests.e2e.browsers.deposits import YEAR, Deposit, cookie_line
from tests.e2e.browsers.jar import FOUR_KILOBYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codexbar_qt.provider_api import Cookie, StoredEntry

_CASES = Path(__file__).parents[2] / "providers"
_PLANTED = re.compile(r"test-[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Site:
    """A provider and the case of which the real browser is to hold what the recorded one does (`place` in its list).

    Cookies named in `passing` end with the session, the others last a year. `extra` are cookies beside those of the
    case, as set by the host in front of each. `hosts` are those of the provider, with everything below them;
    what its sheet sends `beyond` RFC 6265: also host-only cookies of parents, or all cookies of the hosts to each.
    """

    provider: str
    name: str
    hosts: tuple[str, ...]
    beyond: Literal["", "parents", "all"] = ""
    passing: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    place: int = 0

    @cached_property
    def case(self) -> Case:
        """The case, with secrets that no other provider has."""
        text = (_CASES / self.provider / f"{self.name}.json").read_text(encoding="utf-8")
        browsers = json.dumps(json.loads(text)["browsers"])
        for value in sorted(set(_PLANTED.findall(browsers)), key=len, reverse=True):
            text = re.sub(rf"{re.escape(value)}(?![A-Za-z0-9._-])", f"{value}-{self.provider}", text)
        return parse_case(self.name, text)

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        return self.case.browsers[self.place].cookies

    @property
    def storage(self) -> tuple[StoredEntry, ...]:
        return self.case.browsers[self.place].storage

    def secrets(self) -> Iterator[tuple[str, Callable[[str], bool]]]:
        """Give the values that may not go everywhere, each with what tells whether a host may get it."""
        for browser in self.case.browsers:
            for cookie in browser.cookies:
                if self.provider in cookie.value.reveal():
                    yield cookie.value.reveal(), partial(self._may_get_cookie, cookie)
            for entry in browser.storage:
                if self.provider in entry.value.reveal():
                    yield entry.value.reveal(), self._is_own

    def _may_get_cookie(self, cookie: Cookie, host: str) -> bool:
        """RFC 6265, and what the provider's sheet allows beyond it inside its own domain."""
        if not self._is_own(cookie.domain):
            return False
        if self.beyond == "all":
            return self._is_own(host)
        is_below = host.endswith(f".{cookie.domain}")
        return host == cookie.domain or (is_below and (self.beyond == "parents" or not cookie.host_only))

    def _is_own(self, host: str) -> bool:
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)

    def deposits(self) -> list[Deposit]:
        made = [Deposit(one.domain, (cookie_line(one, lasts=one.name not in self.passing),)) for one in self.cookies]
        for entry in self.storage:
            pair = ((entry.key, entry.value.reveal()),)
            if entry.kind == "local":
                made.append(Deposit(entry.host, local=pair))
            elif entry.kind == "session":
                made.append(Deposit(entry.host, session=pair))
            else:
                made.append(Deposit(entry.host, indexed=(entry.value.reveal(),)))
        return made + [Deposit(host, (line,)) for host, line in self.extra]


_LASTS = f"Path=/; Secure; Max-Age={YEAR}"
_KIMI = Site(
    "kimi",
    "found_browser",
    ("kimi.com",),
    extra=(
        ("www.kimi.com", f"large={FOUR_KILOBYTES}; {_LASTS}; HttpOnly"),
        ("www.kimi.com", "passing=test-value-1; Path=/"),
        ("kimi.com", f"wide=test-value-2; Domain=kimi.com; {_LASTS}"),
    ),
)
_OLLAMA = Site(
    "ollama", "chrome", ("ollama.com",), extra=(("ollama.com", f"large={FOUR_KILOBYTES}; {_LASTS}; HttpOnly"),)
)
_AMP = Site("amp", "web_browser", ("ampcode.com",), place=1)
_AUGMENT = Site("augment", "web_cookie_hosts", ("augmentcode.com",), beyond="parents", passing=("session",))
_MINIMAX = Site("minimax", "browser_token", ("minimax.io",), beyond="all")
_FACTORY = ("factory.ai", "api.workos.com")

CHROMIUM = FIREFOX = (
    _KIMI,
    _MINIMAX,
    _OLLAMA,
    _AMP,
    _AUGMENT,
    Site("factory", "storage_used_up_then_cookies", _FACTORY),
)
# Two people: the session of the first profile is refused, that of the second works. OpenCode reads Chrome alone.
_OPENCODE = Site("opencode", "chrome_first_profile_refused", ("opencode.ai",))
CHROME = (_OPENCODE, Site("factory", "storage_refresh_only", _FACTORY))
CHROME_SECOND = (replace(_OPENCODE, place=1),)

LATE = tuple(
    Deposit("platform.minimax.io", (f"lately{n}=test-lately-{n}-minimax; {_LASTS}",), path=f"/lately{n}", kind="aside")
    for n in range(5)
)
"""Pages beside the tour. MiniMax gets every cookie that its sites have left, also one of a moment ago."""


def deposits_of(sites: Sequence[Site]) -> list[Deposit]:
    return [deposit for site in sites for deposit in site.deposits()]
