"""`config allow-browser` and `config refuse-browser`: what people say about reading a browser, without the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cli.config_commands import LONGEST_NAME, config_failures
from codexbar_qt.cli.output import CommandError, CommandOutput
from codexbar_qt.core.browser_consent import access_change

if TYPE_CHECKING:
    from codexbar_qt.core.ports import KnownBrowser
    from codexbar_qt.core.preferences_file import PreferencesFile


def set_access(
    preferences_file: PreferencesFile, browsers: tuple[KnownBrowser, ...], name: str | None, *, allowed: bool
) -> CommandOutput:
    """Store the answer for one browser. Raises CommandError of kind args or config."""
    browser = _find(browsers, name)
    with config_failures():
        preferences_file.update(access_change(browser.id, allowed=allowed))
    answer = "allowed" if allowed else "refused"
    value = {"browser": browser.id, "displayName": browser.label, "access": answer}
    may = "may" if allowed else "may not"
    return CommandOutput(value, f"Config: {answer} {browser.label}, CodexBar {may} read its sessions")


def _find(browsers: tuple[KnownBrowser, ...], name: str | None) -> KnownBrowser:
    wanted = (name or "").strip().lower()
    known = ", ".join(browser.id for browser in browsers)
    if not wanted:
        raise CommandError(f"No browser was named. Add one of these: {known}.", "args")
    for browser in browsers:
        if wanted in (browser.id, browser.label.lower()):
            return browser
    # A long word may be a key that was pasted into the wrong place.
    shown = wanted if len(wanted) <= LONGEST_NAME else "of this name"
    raise CommandError(f"There is no browser {shown} on this system. Name one of these: {known}.", "args")
