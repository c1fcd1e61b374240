"""The tray app on a real X11 desktop: its icon in the tray, its popup beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Apps, Desktop

    Until = Callable[[Callable[[], bool], str], None]

pytestmark = [pytest.mark.e2e, pytest.mark.desktop]
POPUP = "^CodexBar$"


def icon_place(picture: QImage) -> tuple[int, int] | None:
    """Return the middle of what is lighter than the dark tray in the top right corner."""
    lit = [
        (x, y)
        for x in range(picture.width() - 60, picture.width())
        for y in range(24)
        if QColor(picture.pixel(x, y)).lightness() > 200
    ]
    if len(lit) < 20:
        return None
    return sum(x for x, _ in lit) // len(lit), sum(y for _, y in lit) // len(lit)


def test_icon_popup_and_keys(apps: Apps, desktop: Desktop, until: Until, tmp_path: Path) -> None:
    apps.start("--demo")
    shot = tmp_path / "screen.png"
    until(lambda: icon_place(QImage(str(desktop.picture(shot)))) is not None, "no icon in the tray")
    place = icon_place(QImage(str(shot)))
    assert place is not None

    def click() -> None:
        desktop.do("mousemove", str(place[0]), str(place[1]), "click", "1")

    def opened() -> bool:
        return bool(desktop.windows(POPUP))

    def click_and_look() -> bool:
        click()
        return opened()

    # The icon is there before anything listens to it.
    until(click_and_look, "a click opens nothing")
    geometry = dict(
        line.split("=", 1)
        for line in desktop.do("getwindowgeometry", "--shell", desktop.windows(POPUP)[0]).splitlines()
    )
    x, y, width = int(geometry["X"]), int(geometry["Y"]), int(geometry["WIDTH"])
    assert 0 <= x <= 1000 - width
    assert x + width > 900
    assert 20 <= y <= 60
    desktop.do("key", "Escape")
    until(lambda: not opened(), "Esc does not close the popup")
    time.sleep(0.5)  # a click right after closing counts as the click that closed it
    click()
    until(opened, "a second click opens nothing")
    desktop.do("key", "ctrl+comma")
    until(lambda: bool(desktop.windows("ettings")), "Ctrl+, opens no settings")
    assert not opened()


def test_a_second_start_opens_the_popup(apps: Apps, desktop: Desktop, until: Until, tmp_path: Path) -> None:
    apps.start("--demo")
    shot = tmp_path / "screen.png"
    until(lambda: icon_place(QImage(str(desktop.picture(shot)))) is not None, "no icon in the tray")
    assert apps.run("--demo").returncode == 0
    until(lambda: bool(desktop.windows(POPUP)), "nothing was opened")


def test_a_first_start_opens_what_it_is_asked_for(apps: Apps, desktop: Desktop, until: Until) -> None:
    apps.start("--demo", "--settings")
    until(lambda: bool(desktop.windows("ettings")), "the first start opens no settings")


def test_the_window_of_a_desktop_without_a_tray_grows_with_its_card(apps: Apps, desktop: Desktop, until: Until) -> None:
    desktop.end_tray()
    apps.start("--demo")
    until(lambda: bool(desktop.windows(POPUP)), "no window instead of the icon")

    def height() -> int:
        shape = desktop.do("getwindowgeometry", "--shell", desktop.windows(POPUP)[0])
        return int(dict(line.split("=", 1) for line in shape.splitlines())["HEIGHT"])

    until(lambda: len({height() for _ in range(3)}) == 1, "the window never stands still")
    first = height()
    desktop.do("key", "Right")
    until(lambda: height() > first, "a longer card does not fit into the window")
    desktop.do("key", "Left")
    until(lambda: height() == first, "the window stays as long as the longer card")
