"""The words of everything that is said about reading browsers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.privacy import without_addresses

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.core.browser_access import AccessRecord, AccessState, BrowserAccess, CachedSession

PROMISE = (
    "A provider set to Automatic can use the login you already have in a browser. CodexBar reads only the cookies and "
    "the page storage of that provider, in a copy, on this machine."
)
NO_BROWSER = "No browser was found on this machine."
NOTHING_READ = "Nothing was read yet. Every read of a browser or of its key is listed here."
NOTHING_KEPT = "No session is kept. One is kept once it has worked, so that the browser is not read again and again."
IN_MEMORY = "Kept in memory until the app quits: there is no keyring to keep it in."
WITH_ACCOUNT = "The selected account is used"
_GOOD_ENDINGS = ("Imported ", "The numbers are here")
"""What the closing sentence of an import begins with when it went well; every other one says why it did not."""
_MEANINGS: dict[AccessState, str] = {
    "unasked": "Not read. You are asked when a provider could first use it.",
    "allowed": "Providers may use the logins in it.",
    "refused": "Never read.",
}
_STATES: dict[AccessState, str] = {"unasked": "Not asked yet", "allowed": "Allowed", "refused": "Refused"}
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def age_words(at: datetime, now: datetime) -> str:
    """Return "just now", "1 minute ago", "3 hours ago", "12 days ago"; both times aware."""
    seconds = (now - at).total_seconds()
    for unit, length in _UNITS:
        count = int(seconds // length)
        if count > 0:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def access_state(access: BrowserAccess) -> str:
    """Name the state of the switch."""
    return _STATES[access.state]


def access_meaning(access: BrowserAccess) -> str:
    """Say in a sentence what the state of a browser means."""
    return _MEANINGS[access.state] + ("" if access.found else " It is not on this machine now.")


def consent_sentence(provider: str, browser: str) -> str:
    """Ask for the session of a browser."""
    return (
        f"{provider} can use your login in {browser}. CodexBar reads only what belongs to that login, on this machine."
    )


def kept_words(session: CachedSession, now: datetime, *, hide_personal_info: bool) -> str:
    """Return where a kept session comes from and its age; people name their profiles after themselves."""
    label = without_addresses(session.label) if hide_personal_info else session.label
    return " • ".join(part for part in (label, age_words(session.stored_at, now)) if part)


def read_title(record: AccessRecord, provider: str) -> str:
    """Say what was read and for whom."""
    return f"{record.what} for {provider}" if provider else record.what


def read_time(record: AccessRecord, now: datetime) -> str:
    """Say when, and how often when it was more than once."""
    age = age_words(record.at, now)
    return age if record.times < 2 else f"{record.times} times, {age}"


def is_imported(sentence: str) -> bool:
    """Whether an import went well, by its closing sentence."""
    return sentence.startswith(_GOOD_ENDINGS)
