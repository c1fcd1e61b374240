"""Chromium as Debian packages it, headless, with its profile at the normal place below a home of ours."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.e2e.browsers.browser_process import BrowserProcess, start_browser, wait_until
from tests.e2e.browsers.deposits import Deposit, noise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.e2e.browsers.places import BrowserWorld

PROGRAM = "chromium"
_FLUSHED_AT = 512
_MOST_OF_A_SITE = 130


def flush_deposits() -> list[Deposit]:
    """Chromium writes cookies every 30 s, or at once when 512 changes wait: these pages make them."""
    return [
        Deposit(
            f"flush{number}.example",
            tuple(f"{name}={value}; Path=/; Max-Age=9999" for name, value in noise("n", _MOST_OF_A_SITE).items()),
        )
        for number in range(_FLUSHED_AT // _MOST_OF_A_SITE + 1)
    ]


def start_chromium(
    world: BrowserWorld, root: Path, environment: Mapping[str, str], *, store: str, profile: str = "Default"
) -> BrowserProcess:
    """Start it at the first page of the world's tour and wait until the tour is over.

    `root` is the folder of all profiles, `store` what --password-store takes: "basic" or "gnome-libsecret".
    """
    command = [
        PROGRAM,
        "--headless",
        "--no-sandbox",  # root may not have one, and what is visited is on this machine
        "--no-first-run",
        "--disable-gpu",
        "--disable-component-update",
        "--disable-sync",
        f"--password-store={store}",
        f"--user-data-dir={root}",
        f"--profile-directory={profile}",
        f"--proxy-server={world.proxy.url}",
        "--proxy-bypass-list=<-loopback>",
        f"--ignore-certificate-errors-spki-list={world.authority.fingerprint}",
        world.tour.start,
    ]
    browser = start_browser(command, environment, root / profile, root.parent / "chromium.log")
    try:
        wait_until(lambda: world.tour.is_over or not browser.is_running, "the pages were not visited")
        assert browser.is_running, browser.said()
    except BaseException:
        browser.kill()
        print(browser.said(), world.tour.seen, sep=os.linesep)
        raise
    return browser
