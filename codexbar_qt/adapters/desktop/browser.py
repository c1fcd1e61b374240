"""Opens a web page in the person's browser."""

from __future__ import annotations

import asyncio
import os
import re
from typing import TYPE_CHECKING

from codexbar_qt.adapters.desktop.terminal import TerminalStart, start_detached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.adapters.desktop.terminal import FindProgram, SpawnTerminal
    from codexbar_qt.provider_api import Platform

_PAGE = re.compile(r"https?://[\x21-\x7e]+")
_MAC_OPEN = "/usr/bin/open"


async def open_browser(
    url: str,
    *,
    platform: Platform,
    find: FindProgram,
    spawn: SpawnTerminal = start_detached,
    environ: Mapping[str, str] = os.environ,
) -> bool:
    """Show a page, an http(s) address without white space; whether the system took it.

    The address is visible to other programs of this user, so it holds no secret. `find` returns the absolute path of a
    program by its name. On Linux nothing is opened without a display: a browser in a terminal would wait for keys.
    """
    if _PAGE.fullmatch(url) is None:
        return False
    if platform == "windows":
        return await asyncio.to_thread(_start_file, url)
    if platform == "macos":
        return await spawn(TerminalStart((_MAC_OPEN, url)))
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return False
    opener = await find("xdg-open")
    return opener is not None and await spawn(TerminalStart((opener, url)))


def _start_file(url: str) -> bool:
    start = getattr(os, "startfile", None)  # exists on Windows only
    if start is None:
        return False
    try:
        start(url)
    except OSError:
        return False
    return True
