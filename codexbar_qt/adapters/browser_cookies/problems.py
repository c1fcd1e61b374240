"""Why cookies of a profile could not be read, as data with a sentence: what happened, then what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.key_sources import KeyState
    from codexbar_qt.adapters.browser_cookies.place import Place
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile

ProblemKind = Literal["locked_database", "needs_key", "app_bound", "full_disk_access", "unreadable", "sandboxed"]
_WAY_OUT = "Sign in with Firefox, Zen or LibreWolf, or paste a Cookie header."
_KEY_SENTENCES: dict[KeyState, str] = {
    "locked": "The keyring with the key of {browser} is locked. Unlock it, or choose Import now in the settings.",
    "prompt": "macOS wants to ask you before the key of {browser} is read. "
    "Choose Import now in the settings to allow it.",
    "denied": "The key of {browser} was refused. "
    "Choose Import now in the settings to be asked again, or paste a Cookie header.",
    "missing": "The key of {browser} is not in the keyring. Start {browser} once, or paste a Cookie header.",
    "unavailable": "No keyring answers, so the cookies of {browser} stay encrypted. "
    "Start GNOME Keyring or KWallet, or paste a Cookie header.",
}
_KEY_SENTENCES_ELSEWHERE: dict[KeyState, str] = {
    **_KEY_SENTENCES,
    "missing": "The key of {browser} was not found. Start {browser} once, or paste a Cookie header.",
    "unavailable": "The key of {browser} could not be opened. Start {browser} once, or paste a Cookie header.",
}


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """A problem of one profile.

    `cause` tells for "needs_key" what stands in the way ("denied" asks for a cool-down); `count` is the number of
    cookies concerned, 0 where that means nothing. `sentence` is for people and names no path and no value.
    """

    kind: ProblemKind
    browser: str
    label: str
    sentence: str
    cause: KeyState | Literal[""] = ""
    count: int = 0


def locked_database(browser: Browser, profile: BrowserProfile) -> ReadProblem:
    """Windows: the running browser shares its cookies with nobody."""
    sentence = (
        f"{browser.label} keeps its cookies locked while it runs. Close {browser.label} once, or paste a Cookie header."
    )
    return ReadProblem("locked_database", browser.id, profile.label, sentence)


def needs_key(browser: Browser, profile: BrowserProfile, state: KeyState, count: int, *, is_linux: bool) -> ReadProblem:
    """Encrypted cookies are there, but the key is not to be had."""
    sentences = _KEY_SENTENCES if is_linux else _KEY_SENTENCES_ELSEWHERE
    sentence = sentences.get(state, sentences["unavailable"]).format(browser=browser.label)
    return ReadProblem("needs_key", browser.id, profile.label, sentence, cause=state, count=count)


def app_bound(browser: Browser, profile: BrowserProfile, count: int) -> ReadProblem:
    """Windows `v20`: only the browser itself may open these."""
    cookies = "1 cookie" if count == 1 else f"{count} cookies"
    sentence = f"{cookies} of {profile.label} can be read by {browser.label} alone. {_WAY_OUT}"
    return ReadProblem("app_bound", browser.id, profile.label, sentence, count=count)


def full_disk_access(browser: Browser, profile: BrowserProfile) -> ReadProblem:
    """Safari: macOS refuses the file itself."""
    sentence = (
        f"macOS keeps the cookies of {browser.label} closed. "
        "Allow CodexBar under System Settings → Privacy & Security → Full Disk Access."
    )
    return ReadProblem("full_disk_access", browser.id, profile.label, sentence)


def sandbox_key(browser: Browser, profile: BrowserProfile, count: int) -> ReadProblem:
    """Linux `v12`: the key belongs to the browser's own sandbox."""
    sentence = f"The cookies of {profile.label} are encrypted for its sandbox alone. {_WAY_OUT}"
    return ReadProblem("unreadable", browser.id, profile.label, sentence, count=count)


def wrong_key(browser: Browser, profile: BrowserProfile, count: int) -> ReadProblem:
    """Cookies that no key at hand opens."""
    sentence = (
        f"The key at hand does not open the cookies of {profile.label}. Sign in again there, or paste a Cookie header."
    )
    return ReadProblem("unreadable", browser.id, profile.label, sentence, count=count)


def unreadable(browser: Browser, profile: BrowserProfile) -> ReadProblem:
    """A file that is damaged, too large or refused."""
    sentence = (
        f"The cookies of {profile.label} could not be read. Restart {browser.label}, "
        "check that you may read its folder, or paste a Cookie header."
    )
    return ReadProblem("unreadable", browser.id, profile.label, sentence)


def sandboxed(place: Place) -> ReadProblem | None:
    """Return the reason why this app, itself in a Flatpak or Snap, finds no browsers; None outside of one."""
    package = place.sandbox
    if not package:
        return None
    permission = {
        "Flatpak": "Allow it to read your home folder, for example with Flatseal, or paste a Cookie header.",
        "Snap": "Install CodexBar as another package, or paste a Cookie header.",
    }[package]
    return ReadProblem(
        "sandboxed", "", "", f"As a {package} CodexBar does not see the profiles of browsers. {permission}"
    )
