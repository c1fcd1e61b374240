"""Pictures of every surface, rendered offscreen from the demo and from made-up states."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from codexbar_qt.ui.console import say
from codexbar_qt.ui.contact_sheet import render_popup_session, render_popup_states
from codexbar_qt.ui.icon_sheet import render_icon_sheet
from codexbar_qt.ui.qt_messages import QtMessages
from codexbar_qt.ui.settings_sheet import render_settings_pages, render_settings_session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from codexbar_qt.core.session import AppSession


_LOOK_UP_SECONDS = 3.0


class Closable(Protocol):
    """Services that end network and child processes."""

    async def close(self) -> None:
        """End them."""
        ...


ServicesT = TypeVar("ServicesT", bound=Closable)


def render_everything(
    build: Callable[[], ServicesT], build_session: Callable[[ServicesT], Awaitable[AppSession]], directory: Path
) -> int:
    """Write every state of every surface, light and dark, at the scale the app runs at; 1 when Qt complained.

    Raises OSError when the directory cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)  # before anything is shown that would have to be taken down again
    app, messages = _application()

    def render(session: AppSession) -> None:
        for dark in (False, True):
            render_popup_states(app, directory, dark=dark, messages=messages)
            render_popup_session(app, session, directory, dark=dark, messages=messages)
            render_settings_pages(app, session, directory, dark=dark, messages=messages)
        render_icon_sheet(directory / f"tray-icons@{app.devicePixelRatio():g}x.png")

    _with_session(build, build_session, render)
    for problem in messages.problems:
        say(problem)
    return 1 if messages.problems else 0


def render_popup_and_settings(
    build: Callable[[], ServicesT], build_session: Callable[[ServicesT], Awaitable[AppSession]], directory: Path
) -> tuple[Path, ...]:
    """Write the popup with every card and the settings pages as they would look now; return the paths."""
    app, messages = _application()
    paths: list[Path] = []
    dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark

    def render(session: AppSession) -> None:
        paths.extend(render_popup_session(app, session, directory, dark=dark, messages=messages))
        paths.extend(render_settings_session(app, session, directory, dark=dark, messages=messages))

    _with_session(build, build_session, render)
    return tuple(paths)


def _application() -> tuple[QApplication, QtMessages]:
    messages = QtMessages()
    messages.install()
    return QApplication(["codexbar-qt"]), messages


def _with_session(
    build: Callable[[], ServicesT],
    build_session: Callable[[ServicesT], Awaitable[AppSession]],
    render: Callable[[AppSession], None],
) -> None:
    async def prepare() -> tuple[ServicesT, AppSession]:
        services = build()
        session = await build_session(services)
        await session.fetch_once()
        return services, session

    async def draw(session: AppSession) -> None:
        # On the loop, and with what is looked up in the background there already: nothing comes later into a picture.
        await _look_up(session)
        render(session)

    with asyncio.Runner() as runner:
        services, session = runner.run(prepare())
        try:
            runner.run(draw(session))
        finally:
            runner.run(session.close())
            runner.run(services.close())


async def _look_up(session: AppSession) -> None:
    session.costs.look()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(session.costs.settled(), _LOOK_UP_SECONDS)
    before = asyncio.all_tasks()
    session.browsers()
    session.ledger()
    for provider in session.providers():
        session.cached_session(provider.id)
    begun = asyncio.all_tasks() - before
    if begun:
        await asyncio.wait(begun, timeout=_LOOK_UP_SECONDS)
