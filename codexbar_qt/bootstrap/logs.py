"""Keeps the log file on or off as the preference says, and nothing unhandled out of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codexbar_qt.core.session import AppSession


def follow_log_preference(session: AppSession) -> None:
    """Switch the log file now and with every change of the preference. Call on the loop of the session."""
    from codexbar_qt.adapters.log_setup import configure_app_logging

    folder = log_folder()
    state: dict[str, bool | None] = {"on": None}

    def apply() -> None:
        wanted = session.preferences.file_log_enabled and not session.is_demo
        if wanted != state["on"]:
            configure_app_logging(folder, enabled=wanted)
            state["on"] = wanted

    asyncio.get_running_loop().set_exception_handler(_log_unhandled)
    session.subscribe(apply)
    apply()


def log_folder() -> Path:
    """Return where the log file goes."""
    import platformdirs

    return Path(platformdirs.user_log_dir("codexbar", appauthor=False))


def _log_unhandled(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    from codexbar_qt.adapters.log_setup import log_unhandled

    problem = context.get("exception")
    if isinstance(problem, BaseException):
        log_unhandled(problem, where="event loop")
