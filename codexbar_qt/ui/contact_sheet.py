"""Renders the popup to pictures, offscreen: every state of the visual language, and whatever a session shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QObject, Qt
from PySide6.QtQuick import QQuickWindow
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.spend_tab import SPEND_TAB
from codexbar_qt.ui.contact_scene import Scene, SceneSession
from codexbar_qt.ui.contact_states import scenes
from codexbar_qt.ui.popup_model import PopupModel
from codexbar_qt.ui.qml_engine import create_engine, create_object, prefer_software_rendering, qml_folder
from codexbar_qt.ui.store_bridge import StoreBridge
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.ui.popup_session import PopupSession
    from codexbar_qt.ui.qt_messages import QtMessages

_LARGEST_SHARE = 0.85
_SETTLE_MS = 60


def render_popup_states(
    app: QApplication, directory: Path, *, dark: bool, messages: QtMessages | None = None
) -> tuple[Path, ...]:
    """Write `popup-<state>-<light|dark>@<scale>x.png` for every state; the scale is the one the app runs at."""
    return tuple(
        path
        for name, scene in scenes().items()
        for path in _render(app, SceneSession(scene), scene, directory, {name: _tab(scene)}, dark, messages)
    )


def render_popup_session(
    app: QApplication, session: PopupSession, directory: Path, *, dark: bool, messages: QtMessages | None = None
) -> tuple[Path, ...]:
    """Write `popup-session-<provider id>-…png` with the card of every provider that is on, and the Spend tab if any."""
    tabs = {f"session-{provider.id}": provider.id for provider in session.enabled()}
    if session.spend() is not None:
        tabs["session-spend"] = SPEND_TAB
    return tuple(_render(app, session, Scene(()), directory, tabs or {"session": ""}, dark, messages))


def _tab(scene: Scene) -> str:
    return SPEND_TAB if scene.spend is not None else ""


def _render(
    app: QApplication,
    session: PopupSession,
    scene: Scene,
    directory: Path,
    tabs: dict[str, str],
    dark: bool,
    messages: QtMessages | None,
) -> list[Path]:
    prefer_software_rendering()
    look = SystemLook(dark=dark, high_contrast=scene.high_contrast, reduced_motion=True, font_pixels=scene.font_pixels)
    theme, bridge = ThemeModel(app, look), StoreBridge(session.store)
    model = PopupModel(session, bridge, theme, open_url=lambda _: None)
    engine = create_engine(theme, messages)
    direction = app.layoutDirection()
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if scene.right_to_left else direction)
    window = _window(engine, model, scene.screen_height)
    paths = []
    for name, tab in tabs.items():
        if tab:
            model.select_provider(tab)
        if scene.opens_cost:
            model.open_costs()
        paths.append(_grab(window, directory, f"popup-{name}-{'dark' if dark else 'light'}"))
    window.hide()
    app.setLayoutDirection(direction)
    _dispose(model, bridge, window, engine)
    return paths


def _window(engine: QQmlEngine, model: PopupModel, screen_height: int) -> QQuickWindow:
    model.present()
    path = qml_folder() / "windows" / "PopupWindow.qml"
    created = create_object(engine, path, {"popup": model, "maximumContentHeight": int(screen_height * _LARGEST_SHARE)})
    if not isinstance(created, QQuickWindow):
        raise TypeError("PopupWindow.qml is not a window")
    created.show()
    return created


def _grab(window: QQuickWindow, directory: Path, name: str) -> Path:
    deadline = QDeadlineTimer(_SETTLE_MS)
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    directory.mkdir(parents=True, exist_ok=True)
    scale = f"{window.devicePixelRatio():g}"
    path = directory / f"{name}@{scale}x.png"
    if not window.grabWindow().save(str(path)):
        raise OSError(f"{path} cannot be written")
    return path


def _dispose(model: PopupModel, bridge: StoreBridge, *objects: QObject) -> None:
    model.dispose()
    bridge.close()
    for item in objects:
        item.deleteLater()
        # Now, not some time later: the window and what its repeaters leave must go while the model is still there.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
