"""The folders of a browser that hold its profiles on this machine: the catalogue's patterns, looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.place import Place, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.browser import Browser

Packaging = Literal["", "Flatpak", "Snap", "Store"]


@dataclass(frozen=True, slots=True)
class Root:
    """A folder of profiles that exists; `packaging` says how the browser was installed."""

    folder: Path
    packaging: Packaging = ""


def find_roots(browser: Browser, place: Place) -> tuple[Root, ...]:
    """Return the folders of profiles that exist, each real folder once; $CHROME_USER_DATA_DIR comes first."""
    roots: dict[Path, Root] = {}
    for root in (*_forced_roots(browser, place), *_usual_roots(browser, place)):
        roots.setdefault(real_path(root.folder), root)
    return tuple(roots.values())


def real_path(path: Path) -> Path:
    """Return the path without links; itself where the system does not tell."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links is a RuntimeError before Python 3.13
        return path


def _forced_roots(browser: Browser, place: Place) -> Iterator[Root]:
    """$CHROME_USER_DATA_DIR does not say whose it is: Chrome's, or Chromium's where only that is found."""
    folder = place.chrome_user_data
    if folder is None or browser.id not in ("chrome", "chromium") or not is_folder(folder):
        return
    chrome, chromium = (any(_usual_roots(BY_ID[name], place)) for name in ("chrome", "chromium"))
    if browser.id == ("chromium" if chromium and not chrome else "chrome"):
        yield Root(folder)


def _usual_roots(browser: Browser, place: Place) -> Iterator[Root]:
    for alternatives in browser.patterns(place.platform):
        for pattern in alternatives.split("|"):
            found = [root for root in _expand(browser, place, pattern) if is_folder(root.folder)]
            yield from found
            if found:
                break


def _expand(browser: Browser, place: Place, pattern: str) -> Iterator[Root]:
    base, _, rest = pattern.partition("/")
    packaging: Packaging = ""
    if base == "~":
        packaging = "Flatpak" if rest.startswith(".var/app/") else "Snap" if rest.startswith("snap/") else ""
    elif rest.startswith("Packages/"):
        packaging = "Store"
    for folder in _bases(browser, place, base):
        if "*" not in rest:
            yield Root(folder / rest, packaging)
            continue
        try:
            matches = sorted(folder.glob(rest), reverse=True)
        except OSError:
            matches = []
        yield from (Root(match, packaging) for match in matches)


def _bases(browser: Browser, place: Place, base: str) -> tuple[Path, ...]:
    if base == "~":
        return (place.user_home,)
    if base == "R":
        return (place.roaming_app_data,)
    if base == "L":
        return (place.local_app_data if place.platform == "windows" else place.home / "Library/Application Support",)
    return place.chromium_config_homes if browser.family == "chromium" else (place.config_home,)
