"""Which colour the icon takes: the choice, the look of the panel, the habits of desktops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPalette

from codexbar_qt.ui.panel_ground import PanelChoice, desktop_ground, image_ground, panel_ground

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codexbar_qt.ui.icon_spec import Ground


@pytest.mark.parametrize(
    ("desktops", "ground"),
    [
        ("GNOME", "dark"),
        ("ubuntu:GNOME", "dark"),
        ("X-Cinnamon", "dark"),
        ("XFCE", "dark"),
        ("sway", "dark"),
        ("KDE", None),
        ("MATE", None),
        ("", None),
    ],
)
def test_desktops(desktops: str, ground: Ground | None) -> None:
    assert desktop_ground(desktops) == ground


@pytest.mark.parametrize(
    ("color", "ground"), [("#EFF0F1", "light"), ("#2B2D31", "dark"), ("#FFFF00", "light"), ("#0000FF", "dark")]
)
def test_corners_decide(color: str, ground: Ground) -> None:
    image = QImage(22, 22, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF" if ground == "dark" else "#000000"))
    for x in (0, 21):
        for y in (0, 21):
            image.setPixelColor(x, y, QColor(color))
    assert image_ground(image) == ground


def test_nothing_seen_decides_nothing() -> None:
    assert image_ground(QImage()) is None


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_choice_of_the_user_comes_first(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, choice: PanelChoice) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "cocoa")
    assert panel_ground(choice) == choice


def test_macos_colours_it_itself(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "cocoa")
    assert panel_ground("auto") == "mask"


@pytest.mark.parametrize("platform", ["wayland", "xcb"])
def test_known_desktop(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    use_windows(monkeypatch, "#FFFFFF")
    assert panel_ground("auto", QRect(-5000, -5000, 22, 22)) == "dark"


@pytest.mark.parametrize(("window", "ground"), [("#FFFFFF", "light"), ("#101010", "dark")])
def test_otherwise_the_windows_decide(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, window: str, ground: Ground
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    use_windows(monkeypatch, window)
    assert panel_ground("auto") == ground


@pytest.mark.parametrize(("stored", "ground"), [(1, "light"), (0, "dark"), (None, "dark")])
def test_windows_taskbar(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, stored: int | None, ground: Ground) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "windows")
    monkeypatch.setattr(QSettings, "value", lambda _self, _name: stored)
    use_windows(monkeypatch, "#101010")
    assert panel_ground("auto") == ground


def use_windows(monkeypatch: pytest.MonkeyPatch, color: str) -> None:
    monkeypatch.setattr(QGuiApplication, "palette", lambda: QPalette(QColor(color)))
