"""What stood between a fetch and the browsers, and the one sentence of it that helps people most."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codexbar_qt.core.ports import BrowserTrouble, KnownBrowser, TroubleKind

Surface = Literal["app", "command line"]
# What people can undo in a moment comes first, what only another browser can help with last.
_RANKS: tuple[TroubleKind | Literal["unasked"], ...] = (
    "keyring_locked",
    "asks_first",
    "denied",
    "full_disk_access",
    "file_locked",
    "unasked",
    "sandboxed",
    "app_bound",
    "no_key",
    "unreadable",
)


@dataclass(slots=True)
class Obstacles:
    """Collects over one fetch; `unasked` and `refused` hold the first browser of their kind."""

    surface: Surface = "app"
    unasked: KnownBrowser | None = None
    refused: KnownBrowser | None = None
    leaves_out: bool = False
    """Chromium browsers are left out because access to keyrings is switched off."""
    _troubles: dict[TroubleKind, BrowserTrouble] = field(default_factory=dict["TroubleKind", "BrowserTrouble"])

    def add(self, *troubles: BrowserTrouble) -> None:
        """Note troubles; of each kind the first one counts: it is of the browser that the provider prefers."""
        for trouble in troubles:
            self._troubles.setdefault(trouble.kind, trouble)

    def sentence(self) -> str:
        """Return what a person can do, "" for nothing."""
        for kind in _RANKS:
            if kind == "unasked":
                if self.unasked is not None:
                    return consent_sentence(self.unasked, self.surface)
            elif kind in self._troubles:
                return self._troubles[kind].sentence
        if self.leaves_out:
            return (
                "Chromium browsers are left out while CODEXBAR_DISABLE_KEYCHAIN_ACCESS is set. "
                "Sign in with Firefox, or paste a Cookie header."
            )
        return "" if self.refused is None else _refusal_sentence(self.refused, self.surface)


def consent_sentence(browser: KnownBrowser, surface: Surface) -> str:
    """Return how to allow a browser that nobody was asked about."""
    way = "Allow it" if surface == "app" else f"Run codexbar config allow-browser {browser.id}"
    return f"CodexBar has not been allowed to read {browser.label}. {way} to use the session you have there."


def _refusal_sentence(browser: KnownBrowser, surface: Surface) -> str:
    way = "Change that under Settings > Privacy"
    if surface == "command line":
        way = f"Run codexbar config allow-browser {browser.id}"
    return f"CodexBar may not read {browser.label}, as you said. {way}, or paste a Cookie header."


def cooling_sentence(browser: KnownBrowser) -> str:
    """Return why a browser is left alone after a refusal."""
    return (
        f"The key of {browser.label} is not asked for within 6 hours of a refusal. "
        "Choose Import now in the settings to be asked again, or paste a Cookie header."
    )
