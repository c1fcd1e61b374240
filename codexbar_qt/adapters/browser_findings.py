"""What readings of browsers gave, in the words of the port: troubles by kind, sources for the access ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.core.ports import BrowserTrouble, CookieReading, ReadSource, StorageReading, TroubleKind

if TYPE_CHECKING:
    from codexbar_qt.adapters.browser_cookies.key_sources import KeyState
    from codexbar_qt.adapters.browser_cookies.problems import ReadProblem
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile
    from codexbar_qt.adapters.browser_cookies.reading import ReadResult
    from codexbar_qt.adapters.browser_storage.problem import StorageProblem
    from codexbar_qt.adapters.browser_storage.reader import StorageReading as StorageRead

_KEY_TROUBLES: dict[KeyState, TroubleKind] = {
    "locked": "keyring_locked",
    "prompt": "asks_first",
    "denied": "denied",
    "missing": "no_key",
    "unavailable": "no_key",
}
_COOKIE_TROUBLES: dict[str, TroubleKind] = {
    "locked_database": "file_locked",
    "app_bound": "app_bound",
    "full_disk_access": "full_disk_access",
    "sandboxed": "sandboxed",
}
_RESULTS: dict[TroubleKind, str] = {
    "keyring_locked": "locked",
    "asks_first": "not read: it would ask you",
    "denied": "refused",
    "full_disk_access": "closed by macOS",
    "file_locked": "locked by the browser",
    "app_bound": "for the browser alone",
    "sandboxed": "out of sight",
    "no_key": "no key",
    "unreadable": "not readable",
}


def cookie_reading(profile: BrowserProfile, result: ReadResult, home: Path) -> CookieReading:
    """Return what reading the cookies of a profile gave; paths below `home` begin with `~`."""
    troubles = tuple(trouble_of(problem) for problem in result.problems)
    files = dict(result.counts)
    sources = [ReadSource("Key", source, "used") for source in result.sources if source not in files]
    for file, count in files.items():
        sources.append(ReadSource("Cookies", _shown(file, home), _counted(count, "1 cookie", "cookies")))
    for trouble in troubles:
        if trouble.kind in _KEY_TROUBLES.values():
            sources.append(ReadSource("Key", f"Key of {profile.label}", _RESULTS[trouble.kind]))
        elif not files:
            sources.append(ReadSource("Cookies", _shown(str(profile.folder), home), _RESULTS[trouble.kind]))
    return CookieReading(result.cookies, troubles, tuple(sources))


def storage_reading(read: StorageRead, home: Path) -> StorageReading:
    """Return what reading the page storage of a profile gave."""
    told = _counted(len(read.profile.entries) if read.profile is not None else 0, "1 entry", "entries")
    sources = tuple(ReadSource("Page storage", _shown(source, home), told) for source in read.sources)
    return StorageReading(read.profile, tuple(_storage_trouble(problem) for problem in read.problems), sources)


def trouble_of(problem: ReadProblem) -> BrowserTrouble:
    """Return a problem with cookies by its kind."""
    kind = _COOKIE_TROUBLES.get(problem.kind, "unreadable")
    if problem.cause:
        kind = _KEY_TROUBLES.get(problem.cause, "no_key")
    return BrowserTrouble(kind, problem.browser, problem.sentence)


def _storage_trouble(problem: StorageProblem) -> BrowserTrouble:
    kind: TroubleKind = "file_locked" if problem.kind == "locked" else "unreadable"
    if problem.kind == "forbidden" and problem.browser == "safari":
        kind = "full_disk_access"
    return BrowserTrouble(kind, problem.browser, problem.sentence)


def _shown(path: str, home: Path) -> str:
    folder = Path(path)
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else path


def _counted(count: int, one: str, many: str) -> str:
    return "nothing" if not count else one if count == 1 else f"{count} {many}"
