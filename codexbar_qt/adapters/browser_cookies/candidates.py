"""Which browsers are worth asking: in the order a provider wants, installed, and with cookies in some profile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.catalogue import BROWSERS, BY_ID
from codexbar_qt.adapters.browser_cookies.cookie_files import cookie_files
from codexbar_qt.adapters.browser_cookies.place import is_present
from codexbar_qt.adapters.browser_cookies.profiles import find_profiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.place import Place
    from codexbar_qt.provider_api.browser import BrowserOrder

REMEMBERED_SECONDS = 600.0


def browser_groups(order: BrowserOrder) -> tuple[tuple[Browser, ...], ...]:
    """Return the browsers of an order; a later group is asked only when the earlier ones held no session."""
    first = tuple(BY_ID[name] for name in dict.fromkeys(order.first) if name in BY_ID)
    if order.only:
        return (first,)
    rest = tuple(browser for browser in BROWSERS if browser not in first)
    return (first, rest) if order.group else ((*first, *rest),)


class BrowserCandidates:
    """The candidate filter. That a browser has cookies is remembered for 10 minutes, that it is installed is not.

    Args:
        place: The machine.
        is_registered: Whether macOS knows an application by its bundle identifier.
        monotonic: Seconds of a clock that never goes back.
    """

    def __init__(
        self,
        place: Place,
        is_registered: Callable[[str], bool] = lambda _name: False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._is_registered = is_registered
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, bool]] = {}

    def groups(self, order: BrowserOrder, *, keyring_allowed: bool = True) -> tuple[tuple[Browser, ...], ...]:
        """Return the browsers of an order that may hold a session; blocks.

        Without access to keyrings all of Chromium's family are left out.
        """
        return tuple(
            tuple(one for one in group if self.is_candidate(one, keyring_allowed=keyring_allowed))
            for group in browser_groups(order)
        )

    def is_candidate(self, browser: Browser, *, keyring_allowed: bool = True) -> bool:
        """Whether a browser may hold cookies that we may read; Safari always may on macOS."""
        if browser.family == "safari":
            return self._place.platform == "macos"
        if browser.family == "chromium" and not keyring_allowed:
            return False
        return self._is_installed(browser) and self._has_cookies(browser)

    def forget(self) -> None:
        """Look again at once: people ask for an import now."""
        self._known.clear()

    def _is_installed(self, browser: Browser) -> bool:
        """On Linux and Windows a folder of profiles is enough."""
        if self._place.platform != "macos":
            return True
        folders = (self._place.root / "Applications", self._place.home / "Applications")
        return any(is_present(folder / bundle) for folder in folders for bundle in browser.bundles) or any(
            self._is_registered(bundle_id) for bundle_id in browser.bundle_ids
        )

    def _has_cookies(self, browser: Browser) -> bool:
        now = self._monotonic()
        asked_at, answer = self._known.get(browser.id, (-REMEMBERED_SECONDS, False))
        if now - asked_at < REMEMBERED_SECONDS and browser.id in self._known:
            return answer
        answer = any(cookie_files(profile) for profile in find_profiles(browser, self._place))
        self._known[browser.id] = (now, answer)
        return answer
