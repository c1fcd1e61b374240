"""Renders the settings window to pictures, offscreen: every pane and every provider in every state."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QObject, Qt
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtWidgets import QApplication

from codexbar_qt.ui.cost_scene import SpendScene, spend_scenes
from codexbar_qt.ui.qml_engine import create_engine, create_object, prefer_software_rendering, qml_folder
from codexbar_qt.ui.settings_model import PANES, SettingsDesktop, SettingsModel
from codexbar_qt.ui.settings_scene import PAGE_STATES, PageState, SceneSession, show_state, takes_cookies
from codexbar_qt.ui.settings_tasks import SettingsTasks
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.settings_session import SettingsSession

_SETTLE_MS = 60
_WIDTH, _LEAST_HEIGHT, _MOST_HEIGHT = 880, 620, 1600


@dataclass(frozen=True, slots=True)
class _Variant:
    name: str = ""
    font_pixels: int = 13
    high_contrast: bool = False
    right_to_left: bool = False


_PANES_OF: dict[PageState, tuple[str, ...]] = {
    "empty": ("privacy", "about"),
    "filled": PANES,
    "error": ("privacy", "advanced", "about"),
    "invalid": ("about",),
}
_VARIANTS = (
    _Variant("high-contrast", high_contrast=True),
    _Variant("text-200", font_pixels=26),
    _Variant("rtl", right_to_left=True),
)


class _StillTasks(SettingsTasks):
    """Starts nothing: a picture stands still."""

    def start(self, work: Coroutine[object, object, None]) -> None:
        work.close()


def render_settings_pages(
    app: QApplication,
    session: SettingsSession,
    directory: Path,
    *,
    dark: bool,
    messages: QtMessages | None = None,
) -> tuple[Path, ...]:
    """Write `settings-<page>[-<state>]-<light|dark>@<scale>x.png`; the scale is the one the app runs at.

    Pages are the panes and every provider; providers come empty, filled, with an error, with complaints about what was
    entered and, where that is possible, with a pasted browser session. High contrast, large text and right-to-left
    follow for a few of them, then Usage & Spend in every state.
    """
    providers = [provider.id for provider in session.providers()]
    with_cookies = [provider.id for provider in session.providers() if takes_cookies(provider)]
    paths: list[Path] = []
    for state in PAGE_STATES:
        with _sheet(app, SceneSession.of(session, state), dark, messages, _Variant()) as sheet:
            paths += [sheet.pane(name, directory, state) for name in _PANES_OF.get(state, ())]
            pages = with_cookies if state == "pasted" else providers
            paths += [sheet.provider(name, directory, state, state) for name in pages]
    for variant in _VARIANTS:
        with _sheet(app, SceneSession.of(session, "filled"), dark, messages, variant) as sheet:
            paths += [sheet.pane(name, directory, variant.name) for name in ("general", "spend", "privacy", "about")]
            pages = list(dict.fromkeys((*providers[:1], *with_cookies[:1])))
            paths += [sheet.provider(name, directory, variant.name, "filled") for name in pages]
    return (*paths, *_spend_pages(app, session, directory, dark, messages))


def _spend_pages(
    app: QApplication, session: SettingsSession, directory: Path, dark: bool, messages: QtMessages | None
) -> list[Path]:
    paths: list[Path] = []
    for name, scene in spend_scenes().items():
        with _sheet(app, SceneSession.of(session, "filled", scene.state), dark, messages, _Variant()) as sheet:
            paths.append(sheet.spend(directory, name, scene))
    return paths


def render_settings_session(
    app: QApplication,
    session: SettingsSession,
    directory: Path,
    *,
    dark: bool,
    messages: QtMessages | None = None,
) -> tuple[Path, ...]:
    """Write the panes and the page of every provider as they look now, nothing made up."""
    with _sheet(app, session, dark, messages, _Variant()) as sheet:
        panes = [sheet.pane(name, directory, "filled") for name in PANES]
        return (*panes, *(sheet.provider(one.id, directory, "now") for one in session.providers()))


class _Sheet:
    def __init__(self, model: SettingsModel, window: QQuickWindow, suffix: str) -> None:
        self._model, self._window, self._suffix = model, window, suffix

    def pane(self, name: str, directory: Path, state: str) -> Path:
        self._model.showPane(name)
        return self._grab(directory, f"{name}-{state}" if state != "filled" else name)

    def spend(self, directory: Path, name: str, scene: SpendScene) -> Path:
        self._model.showPane("spend")
        pane = self._model.spend_pane
        pane.chooseSpan(scene.span)
        if scene.day_rows is not None:
            pane.explain()
            pane.day_rows.show(scene.day_rows)
        return self._grab(directory, f"spend-{name}")

    def provider(self, provider_id: str, directory: Path, name: str, state: PageState | None = None) -> Path:
        self._model.showProvider(provider_id)
        page = self._model.shown_page
        if page is not None and state is not None:
            show_state(page.controls(), state)
        return self._grab(directory, f"{provider_id}-{name}")

    def _grab(self, directory: Path, name: str) -> Path:
        _settle(_SETTLE_MS)
        page = _find_page(self._window.contentItem())
        height = math.ceil(page.property("contentHeight")) if page is not None else 0
        self._window.setHeight(max(_LEAST_HEIGHT, min(_MOST_HEIGHT, height)))
        _settle(_SETTLE_MS)
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"settings-{name}-{self._suffix}@{self._window.devicePixelRatio():g}x.png"
        if not self._window.grabWindow().save(str(path)):
            raise OSError(f"{path} cannot be written")
        return path


@contextmanager
def _sheet(
    app: QApplication, session: SettingsSession, dark: bool, messages: QtMessages | None, variant: _Variant
) -> Iterator[_Sheet]:
    prefer_software_rendering()
    look = SystemLook(dark, variant.high_contrast, reduced_motion=True, font_pixels=variant.font_pixels)
    theme = ThemeModel(app, look)
    desktop = SettingsDesktop(copy=lambda _: None, open_path=lambda _: True, ask_where=lambda _name, _done: None)
    model = SettingsModel(session, theme, desktop, _StillTasks(session))
    direction = app.layoutDirection()
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if variant.right_to_left else direction)
    engine = create_engine(theme, messages)
    window = _window(engine, model)
    window.setWidth(round(_WIDTH * max(1.0, variant.font_pixels / 15)))
    try:
        yield _Sheet(model, window, "dark" if dark else "light")
    finally:
        window.hide()
        app.setLayoutDirection(direction)
        model.close()
        _dispose(window, engine)


def _window(engine: QQmlEngine, model: SettingsModel) -> QQuickWindow:
    created = create_object(engine, qml_folder() / "windows" / "SettingsWindow.qml", {"settings": model})
    if not isinstance(created, QQuickWindow):
        raise TypeError("SettingsWindow.qml is not a window")
    created.show()
    return created


def _find_page(item: QQuickItem) -> QQuickItem | None:
    """Return the page below `item`; pages are children on screen only, not in the object tree."""
    if item.objectName() == "page" and item.isVisible():
        return item
    found = (_find_page(child) for child in item.childItems())
    return next((page for page in found if page is not None), None)


def _settle(milliseconds: int) -> None:
    deadline = QDeadlineTimer(milliseconds)
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def _dispose(*objects: QObject) -> None:
    for item in objects:
        item.deleteLater()
        QApplication.sendPostedEvents(item, QEvent.Type.DeferredDelete)
