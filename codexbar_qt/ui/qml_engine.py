"""Builds QML engines: import path, icons, theme, and one place that hears their warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcessEnvironment, QUrl
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickWindow

from codexbar_qt.resource_folder import resource_folder
from codexbar_qt.ui.icon_provider import IconProvider

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.theme import ThemeModel


class QmlLoadError(RuntimeError):
    """A QML file of ours cannot be used; the text says where and why."""


def prefer_software_rendering() -> None:
    """Draw without the graphics card unless the environment says otherwise. Call before the first window.

    Our surfaces are flat and small: the software renderer shows the first frame sooner and needs a third of the memory.
    """
    environment = QProcessEnvironment.systemEnvironment()
    if QQuickWindow.sceneGraphBackend() == "software":
        return
    if not environment.contains("QT_QUICK_BACKEND") and not environment.contains("QSG_RHI_BACKEND"):
        QQuickWindow.setSceneGraphBackend("software")


def qml_folder() -> Path:
    """Return the folder that holds the QML module and the windows."""
    return resource_folder() / "qml"


def create_engine(theme: ThemeModel, messages: QtMessages | None = None, parent: QObject | None = None) -> QQmlEngine:
    """Return an engine that knows the module CodexBar, with the theme applied."""
    engine = QQmlEngine(parent)
    if messages is not None:
        messages.watch(engine)
    engine.addImportPath(str(qml_folder()))
    engine.addImageProvider("icons", IconProvider(resource_folder() / "icons"))
    theme.attach(engine)
    return engine


def create_object(engine: QQmlEngine, path: Path, properties: dict[str, object]) -> QObject:
    """Make the root object of a QML file with its required properties; the caller owns it.

    Raises QmlLoadError when the file does not load.
    """
    # The engine keeps the component: PySide counts what a component makes as part of it.
    component = QQmlComponent(engine, QUrl.fromLocalFile(str(path)), engine)
    created = component.createWithInitialProperties(properties) if component.isReady() else None
    # Required properties that were not given count as an error, too, although an object may have been made.
    if component.isError() or created is None:
        raise QmlLoadError("; ".join(error.toString() for error in component.errors()) or f"{path.name} is empty")
    return created
