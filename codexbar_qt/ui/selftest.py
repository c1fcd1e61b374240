"""Opens everything once and says how long it took: one JSON line, exit code 1 when Qt or QML complained."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from codexbar_qt.ui.console import say
from codexbar_qt.ui.settings_model import PANES

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.session import AppSession
    from codexbar_qt.ui.application import Measures
    from codexbar_qt.ui.popup_window import PopupWindow
    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.surfaces import Surfaces

_FRAME_SECONDS = 5.0
_PAGE_SECONDS = 0.05


async def run_selftest(
    session: AppSession,
    surfaces: Surfaces,
    messages: QtMessages,
    measure: Callable[[], Measures],
    icon: Measures,
) -> int:
    """Open tray, popup twice and every settings page. Times in milliseconds, memory in MB."""
    ready = measure()
    report: dict[str, object] = {"icon_ms": _round(icon.uptime_ms), "icon_mb": _mb(icon)}
    report |= {"session_ms": _round(ready.uptime_ms), "session_mb": _mb(ready)}
    for turn in ("first", "second"):
        report[f"popup_{turn}_ms"] = await _open(surfaces.popup)
        report[f"popup_{turn}_mb"] = _mb(measure())
        surfaces.popup.hide()
        await asyncio.sleep(_PAGE_SECONDS)
    report["settings_pages"] = await _visit_settings(session, surfaces)
    report["settings_mb"] = _mb(measure())
    surfaces.settings.close()
    surfaces.popup.release()
    await asyncio.sleep(_PAGE_SECONDS)
    report["closed_mb"] = _mb(measure())
    report["providers"] = [provider.id for provider in session.providers()]
    report["failures"] = [failure.origin for failure in session.load_failures()]
    report["warnings"] = list(messages.problems)
    say(json.dumps(report))
    return 1 if messages.problems or session.load_failures() else 0


async def _open(popup: PopupWindow) -> float:
    loop = asyncio.get_running_loop()
    framed: asyncio.Future[float] = loop.create_future()

    def on_frame() -> None:
        if not framed.done():
            framed.set_result(loop.time())

    popup.firstFrame.connect(on_frame)
    started = loop.time()
    popup.show_at(None)
    try:
        async with asyncio.timeout(_FRAME_SECONDS):
            shown = await framed
    finally:
        popup.firstFrame.disconnect(on_frame)
    return _round((shown - started) * 1000)


async def _visit_settings(session: AppSession, surfaces: Surfaces) -> int:
    surfaces.settings.open()
    model = surfaces.settings.model
    if model is None:
        return 0
    pages = 0
    for pane in PANES:
        model.showPane(pane)
        await asyncio.sleep(_PAGE_SECONDS)
        pages += 1
    for provider in session.providers():
        surfaces.settings.open(provider.id)
        await asyncio.sleep(_PAGE_SECONDS)
        pages += 1
    return pages


def _round(milliseconds: float) -> float:
    return round(milliseconds, 1)


def _mb(measures: Measures) -> float:
    return round(measures.resident_bytes / 1_000_000, 1)
