"""What can stand between us and a profile's page storage, as values and as sentences for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile

ProblemKind = Literal["too_large", "forbidden", "locked", "damaged", "unreadable"]

_WAY_OUT = "Sign in with another browser, or paste a Cookie header."
_SENTENCES: dict[ProblemKind, str] = {
    "too_large": f"The page storage of {{label}} is too large to read. {_WAY_OUT}",
    "forbidden": "CodexBar may not read the page storage of {label}. "
    "Check that you may read its folder, or paste a Cookie header.",
    "locked": "{label} keeps its page storage locked. Close that browser once, or paste a Cookie header.",
    "damaged": "Parts of the page storage of {label} are damaged. Open the site in that browser once, then refresh.",
    "unreadable": f"The page storage of {{label}} could not be read. {_WAY_OUT}",
}
_SAFARI_FORBIDDEN = (
    "macOS keeps the page storage of {label} closed. "
    "Allow CodexBar under System Settings → Privacy & Security → Full Disk Access."
)


class StorageUnreadable(Exception):
    """A storage is refused as a whole; the text never holds anything that was read."""

    def __init__(self, kind: ProblemKind) -> None:
        super().__init__(kind)
        self.kind: ProblemKind = kind


class ReadingStopped(Exception):
    """Nobody waits for the result any more."""


@dataclass(frozen=True, slots=True)
class StorageProblem:
    """A problem of one profile; "damaged" means that the rest was read.

    `browser` is the browser's id. `sentence` is for people and names no path and no value.
    """

    kind: ProblemKind
    browser: str
    label: str
    sentence: str


def describe(kind: ProblemKind, profile: BrowserProfile) -> StorageProblem:
    """Return the problem of a profile."""
    pattern = _SAFARI_FORBIDDEN if profile.family == "safari" and kind == "forbidden" else _SENTENCES[kind]
    return StorageProblem(kind, profile.browser, profile.label, pattern.format(label=profile.label))
