from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor

import codexbar_providers
from codexbar_qt.core.contrast import BAR_RATIO, contrast_ratio, reaches
from codexbar_qt.ui.qml_engine import create_engine
from codexbar_qt.ui.theme import SystemLook, ThemeModel, read_system_look

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlEngine
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

LOOKS = [SystemLook(dark=dark, high_contrast=contrast) for dark in (False, True) for contrast in (False, True)]


def _singleton(engine: QQmlEngine) -> QObject:
    found = engine.singletonInstance("CodexBar", "Theme")
    assert isinstance(found, QObject)
    return found


def _color(engine: QQmlEngine, name: str) -> str:
    return QColor(_singleton(engine).property(name)).name()


def _brand_colors() -> list[str]:
    names = [module.name for module in pkgutil.iter_modules(codexbar_providers.__path__) if module.name[0] != "_"]
    modules = [importlib.import_module(f"codexbar_providers.{name}") for name in names]
    return [module.PROVIDER.descriptor.color for module in modules]


@pytest.mark.parametrize("look", LOOKS)
def test_texts_are_readable(engine: QQmlEngine, theme: ThemeModel, look: SystemLook) -> None:
    theme.apply(look)
    for name in ("text", "muted", "danger", "warning", "ok", "link"):
        for ground in ("surface", "raised"):
            assert contrast_ratio(_color(engine, name), _color(engine, ground)) >= 4.5, (name, ground)
    assert contrast_ratio(_color(engine, "faint"), _color(engine, "surface")) >= 4.5
    assert contrast_ratio(_color(engine, "onAccent"), _color(engine, "link")) >= 4.5


@pytest.mark.parametrize("look", LOOKS)
def test_every_brand_color_is_visible_as_a_bar(engine: QQmlEngine, theme: ThemeModel, look: SystemLook) -> None:
    theme.apply(look)
    colors = _brand_colors()
    assert len(colors) >= 5
    for color in (*colors, "#FF9900", "#4C00FF", "#000000", "#FFFFFF"):
        grounds = (_color(engine, "surface"), _color(engine, "track"))
        assert reaches(theme.bar_color(color), grounds, BAR_RATIO), color


@pytest.mark.parametrize("look", LOOKS)
def test_a_muted_bar_is_visible_too(engine: QQmlEngine, theme: ThemeModel, look: SystemLook) -> None:
    theme.apply(look)
    for ground in ("surface", "track"):
        assert contrast_ratio(_color(engine, "faint"), _color(engine, ground)) >= BAR_RATIO


def test_a_change_of_look_arrives_live(engine: QQmlEngine, theme: ThemeModel, qtbot: QtBot) -> None:
    before = _color(engine, "surface")
    with qtbot.waitSignal(theme.changed):
        theme.apply(SystemLook(dark=True, reduced_motion=False, font_pixels=26))
    assert _color(engine, "surface") != before
    singleton = _singleton(engine)
    assert singleton.property("bodySize") == 26
    assert singleton.property("popupWidth") > 320
    assert singleton.property("barDuration") == 180
    with qtbot.assertNotEmitted(theme.changed):
        theme.apply(theme.look)


def test_reduced_motion_stops_everything(engine: QQmlEngine, theme: ThemeModel) -> None:
    theme.apply(SystemLook(reduced_motion=True))
    assert {_singleton(engine).property(name) for name in ("barDuration", "fadeDuration", "spinDuration")} == {0}


def test_the_usual_fonts_leave_the_popup_at_its_width(engine: QQmlEngine, theme: ThemeModel) -> None:
    for pixels in (11, 12, 13, 15):
        theme.apply(SystemLook(font_pixels=pixels))
        assert _singleton(engine).property("popupWidth") == 320


@pytest.mark.parametrize(("accent", "is_used"), [("#0a5c1f", True), ("#9fe0ff", False), ("", False)])
def test_the_system_accent_is_used_where_it_can_be_read(
    engine: QQmlEngine, theme: ThemeModel, accent: str, is_used: bool
) -> None:
    theme.apply(SystemLook(accent=accent))
    assert (_color(engine, "link") == accent) is is_used


def test_reads_the_system(qapp: QApplication) -> None:
    look = read_system_look(qapp)
    assert look.font_pixels >= 8
    assert look.accent.startswith("#")


def test_follows_the_system_while_running(qapp: QApplication, qtbot: QtBot) -> None:
    theme = ThemeModel(qapp)
    before, font = theme.look, qapp.font()
    larger = qapp.font()
    larger.setPixelSize(before.font_pixels + 7)
    with qtbot.waitSignal(theme.changed):
        qapp.setFont(larger)
    assert theme.look.font_pixels == before.font_pixels + 7
    with qtbot.waitSignal(theme.changed):
        qapp.setFont(font)
    assert theme.look == before


def test_lets_go_of_an_engine_that_is_gone(qapp: QApplication, theme: ThemeModel) -> None:
    first = create_engine(theme)
    first.deleteLater()
    qapp.sendPostedEvents(first, QEvent.Type.DeferredDelete)
    theme.apply(SystemLook(dark=True))
    second = create_engine(theme)
    assert _singleton(second).property("dark") is True
    assert theme.bar_color("#4C00FF") != "#4c00ff"
    second.deleteLater()
    qapp.sendPostedEvents(second, QEvent.Type.DeferredDelete)
