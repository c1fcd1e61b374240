"""The contact sheet of the settings: every page in every state is drawn, and a state shows what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

from codexbar_qt.ui.cost_scene import spend_scenes
from codexbar_qt.ui.settings_scene import PAGE_STATES, SceneSession
from codexbar_qt.ui.settings_sheet import render_settings_pages, render_settings_session

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from codexbar_qt.ui.settings_scene import PageState
    from tests.ui.settings.conftest import World


def colours(path: Path) -> int:
    image = QImage(str(path))
    assert not image.isNull()
    return len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)})


async def test_every_page_is_drawn_in_every_state(world: World, app: QApplication, tmp_path: Path) -> None:
    paths = render_settings_pages(app, world.session, tmp_path, dark=False)
    names = {path.name.removeprefix("settings-").removesuffix("-light@1x.png") for path in paths}
    providers = {f"{name}-{state}" for name in ("alpha", "beta", "gamma") for state in PAGE_STATES if state != "pasted"}
    pages, looks = ("general", "spend", "privacy", "about", "alpha", "beta"), ("high-contrast", "text-200", "rtl")
    variants = {f"{page}-{look}" for page in pages for look in looks}
    panes = {"general", "spend", "privacy", "privacy-empty", "privacy-error", "advanced", "advanced-error"}
    panes |= {"about", "about-empty", "about-error", "about-invalid"}
    spend = {f"spend-{name}" for name in spend_scenes()}
    assert {"spend-one-day", "spend-90-days", "spend-no-data", "spend-unknown-models", "spend-why"} <= spend
    assert names == panes | providers | variants | spend | {"beta-pasted"}
    assert all(colours(path) > 5 for path in paths)
    assert len({path.read_bytes() for path in paths}) == len(paths)


async def test_the_session_is_drawn_as_it_is(world: World, app: QApplication, tmp_path: Path) -> None:
    light = render_settings_session(app, world.session, tmp_path, dark=False)
    dark = render_settings_session(app, world.session, tmp_path, dark=True)
    assert [path.name for path in light][:6] == [
        "settings-general-light@1x.png",
        "settings-spend-light@1x.png",
        "settings-privacy-light@1x.png",
        "settings-advanced-light@1x.png",
        "settings-about-light@1x.png",
        "settings-alpha-now-light@1x.png",
    ]
    for bright, dim in zip(light, dark, strict=True):
        assert QImage(str(bright)).pixelColor(800, 5).lightness() > 200
        assert QImage(str(dim)).pixelColor(800, 5).lightness() < 60
    assert not world.session.config.path.exists()


@pytest.mark.parametrize("state", PAGE_STATES)
async def test_a_state_shows_what_it_is_about(world: World, state: PageState) -> None:
    scene = SceneSession.of(world.session, state)
    card, secret = scene.card("alpha"), scene.secret_state("alpha", "apiKey")
    assert bool(card.error_text) == (state == "error") == scene.tab("alpha").failed
    assert secret.stored == (state == "filled")
    assert secret.bound_elsewhere == (state == "error")
    assert bool(scene.config.problem) == (state == "error")
    assert scene.config.entry("alpha").enabled == (state != "empty")
    assert len(scene.load_failures()) == (2 if state == "error" else 1)
    assert len(scene.waiting_plugins()) == (2 if state == "error" else 1)
    assert scene.setting_text("alpha", "region") == ""
