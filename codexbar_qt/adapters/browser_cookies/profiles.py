"""The profiles of a browser: where they are and what people call them. Shared by cookies and page storage."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.firefox_profiles import find_firefox_folders
from codexbar_qt.adapters.browser_cookies.place import is_folder, is_present
from codexbar_qt.adapters.browser_cookies.roots import Root, find_roots, real_path
from codexbar_qt.adapters.browser_cookies.small_file import list_folders, read_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.browser import Browser, Family
    from codexbar_qt.adapters.browser_cookies.place import Place

MOST_PROFILES = 50
_LONGEST_NAME = 40
_CONTAINER = "Containers/com.apple.Safari/Data/Library"


@dataclass(frozen=True, slots=True)
class BrowserProfile:
    """One profile. `browser` is the browser's id, `label` what people see ("Chrome Work", "Firefox default-release").

    `id` is the same in every run and names nothing of the path. `folder` is the profile's folder; for Safari the
    Library folder of its container, or a folder of `WebsiteDataStore`. `root` holds Chromium's `Local State`.
    """

    browser: str
    family: Family
    label: str
    id: str
    folder: Path
    root: Path


@dataclass(frozen=True, slots=True)
class _Found:
    folder: Path
    root: Root
    name: str
    distinction: str
    """Told apart by this where two have one name."""


def find_profiles(browser: Browser, place: Place) -> tuple[BrowserProfile, ...]:
    """Return at most 50 profiles of a browser, each real folder once, in the order in which they are to be tried.

    Chromium's are directories of its user data, whatever they hold; Firefox's have a `cookies.sqlite`; Safari's first
    one is there on every Mac, readable or not.
    """
    kinds = {"chromium": _chromium, "firefox": _firefox, "safari": _safari}
    found: dict[Path, _Found] = {}
    for root in find_roots(browser, place):
        for profile in kinds[browser.family](browser, root):
            found.setdefault(real_path(profile.folder), profile)
    first = list(found.values())[:MOST_PROFILES]
    names = Counter(profile.name for profile in first)
    return tuple(
        BrowserProfile(
            browser=browser.id,
            family=browser.family,
            label=_label(browser, profile, is_double=names[profile.name] > 1),
            id=profile_id(browser.id, profile.folder, place),
            folder=profile.folder,
            root=profile.root.folder,
        )
        for profile in first
    )


def profile_id(browser_id: str, folder: Path, place: Place) -> str:
    """Return "<browser>:<12 hex digits>" of the real folder, relative to the home directory where it is inside."""
    folder, home = real_path(folder), real_path(place.home)
    name = folder.relative_to(home).as_posix() if folder.is_relative_to(home) else folder.as_posix()
    return f"{browser_id}:{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def _label(browser: Browser, profile: _Found, *, is_double: bool) -> str:
    label = f"{browser.label} {profile.name}".strip()
    if not is_double:
        return label
    words = [word for word in (profile.distinction, profile.root.packaging) if word]
    return f"{label} ({', '.join(words)})" if words else label


def _chromium(browser: Browser, root: Root) -> Iterator[_Found]:
    names = _friendly_names(root.folder)
    if browser.profile_in_root and (_has_cookies(root.folder) or is_folder(root.folder / "Local Storage")):
        yield _Found(root.folder, root, "Default", "old folder")
    for folder in list_folders(root.folder):
        if folder.name == "Default" or folder.name.startswith(("Profile ", "user-")):
            name = names.get(folder.name)
            yield _Found(folder, root, name or folder.name, folder.name if name else "")


def _has_cookies(folder: Path) -> bool:
    return is_present(folder / "Network" / "Cookies") or is_present(folder / "Cookies")


def _friendly_names(root: Path) -> dict[str, str]:
    """Return names that people gave, by directory, from `Local State`; e-mail addresses are no names."""
    try:
        state = json.loads(read_small(root / "Local State") or "null")
        entries = state["profile"]["info_cache"]
        pairs = [(key, entry.get("name"), entry.get("is_using_default_name")) for key, entry in entries.items()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    return {key: clean_name(name) for key, name, is_default in pairs if not is_default and clean_name(name)}


def clean_name(name: object) -> str:
    """Return a short printable name on one line; "" for other types and for e-mail addresses."""
    if not isinstance(name, str) or "@" in name:
        return ""
    words = "".join(sign if sign.isprintable() else " " for sign in name).split()
    return " ".join(words)[:_LONGEST_NAME].rstrip()


def _firefox(browser: Browser, root: Root) -> Iterator[_Found]:
    for folder, name in find_firefox_folders(root.folder, browser.remoting):
        yield _Found(
            folder, root, clean_name(name) or clean_name(folder.name.partition(".")[2]) or folder.name, folder.name
        )


def _safari(_browser: Browser, root: Root) -> Iterator[_Found]:
    """Give the usual profile (two folders, one of them old), then one per website data store."""
    container = root.folder / _CONTAINER
    yield _Found(container, root, "", "")
    for stores in (container / "WebKit" / "WebsiteDataStore", root.folder / "WebKit" / "WebsiteDataStore"):
        for folder in list_folders(stores):
            yield _Found(folder, root, f"profile {folder.name[:8]}", folder.name)
