"""What people said about reading each browser. Asked once per browser; nobody is read unasked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codexbar_qt.core.preferences import BROWSER_ACCESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.browser_access import AccessState
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.provider_api import Env

ALLOW_VARIABLE = "CODEXBAR_ALLOW_BROWSER_COOKIE_IMPORT"
_NO = ("0", "false", "no", "off")


class BrowserConsent:
    """The answers in the preferences. A variable answers for browsers that nobody was asked about.

    Args:
        preferences: Gives those in force.
        env: The environment.
        reload: Reads the preferences anew: another process may have written an answer. Blocks.
    """

    def __init__(
        self, preferences: Callable[[], Preferences], env: Env, reload: Callable[[], object] = lambda: None
    ) -> None:
        self._preferences = preferences
        self._env = env
        self._reload = reload

    async def look_again(self) -> None:
        """Take the answers that other processes stored."""
        await asyncio.to_thread(self._reload)

    def state(self, browser_id: str) -> AccessState:
        """Return what was said about a browser."""
        stored = self._preferences().browser_access.get(browser_id, "unasked")
        if stored == "unasked" and (self._env.get(ALLOW_VARIABLE) or "0").lower() not in _NO:
            return "allowed"
        return stored


def access_change(browser_id: str, *, allowed: bool) -> dict[str, object]:
    """Return the change of preferences that stores an answer."""
    return {f"{BROWSER_ACCESS}{browser_id}": "allowed" if allowed else "refused"}
