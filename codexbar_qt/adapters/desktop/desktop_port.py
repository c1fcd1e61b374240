"""The Desktop port: what a button on a provider's page may do on the person's desktop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Desktop, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from codexbar_qt.provider_api import Platform

    FindProgram = Callable[[str], Awaitable[str | None]]
    OpenBrowser = Callable[[str], Awaitable[bool]]


class SystemDesktop(Desktop):
    """Terminals and the browser of this desktop.

    `find` returns the absolute path of a program by its name. `open_browser` takes an address and says whether the
    system took it; by default it is the system's own browser.
    """

    def __init__(self, *, platform: Platform, find: FindProgram, open_browser: OpenBrowser | None = None) -> None:
        self._platform: Platform = platform
        self._find = find
        self._open_browser = open_browser or self._open_page

    async def open_terminal(self, argv: Sequence[str]) -> bool:
        """Run a program in a new terminal window; False when no terminal could be opened."""
        from codexbar_qt.adapters.desktop.terminal import open_terminal  # for a button that is seldom pressed

        return await open_terminal(argv, platform=self._platform, find=self._find)

    async def receive_redirect(
        self, page: Callable[[str], str], *, path: str, limit_seconds: float
    ) -> Mapping[str, str]:
        """Open a sign-in page in the browser and wait until it redirects to this machine; returns the query.

        The listener is gone when this ends, however it ends. Raises ToolFailed when nobody can be waited for, no
        browser could be opened, or nobody came back in time.
        """
        from codexbar_qt.adapters.desktop.redirect_listener import listen

        told = f"Nobody came back from the browser within {limit_seconds:g} s. Try again."
        try:
            async with asyncio.timeout(limit_seconds), listen(path) as listener:
                if not await self._open_browser(page(listener.url)) and not listener.has_answer:
                    raise ToolFailed("The browser could not be opened. Set a default browser and try again.")
                return await listener.answer()
        except TimeoutError:
            pass
        except OSError:
            told = "This machine does not let CodexBar wait for the browser. Allow connections to 127.0.0.1."
        raise ToolFailed(told)

    async def _open_page(self, url: str) -> bool:
        from codexbar_qt.adapters.desktop.browser import open_browser

        return await open_browser(url, platform=self._platform, find=self._find)
