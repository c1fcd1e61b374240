"""The smaller parts behind the popup: icons, messages, the bridge from the store, the contact sheet."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QSize, qWarning
from PySide6.QtGui import QColor, QImage

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import ServiceUnavailable, Snapshot
from codexbar_qt.resource_folder import resource_folder
from codexbar_qt.ui.contact_sheet import render_popup_session, render_popup_states
from codexbar_qt.ui.contact_states import scenes
from codexbar_qt.ui.icon_provider import IconProvider, draw_icon
from codexbar_qt.ui.qml_engine import create_engine, create_object
from codexbar_qt.ui.qt_messages import QtMessages
from codexbar_qt.ui.store_bridge import StoreBridge

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from codexbar_qt.ui.theme import ThemeModel

ICONS = resource_folder() / "icons"
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
SIZE = QSize(32, 32)


def _ink(image: QImage) -> int:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y).alpha() > 128 for x, y in points)


@pytest.mark.parametrize("path", sorted((ICONS / "ui").glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_is_drawn_in_the_color_asked_for(qapp: QApplication, path: Path) -> None:
    image = draw_icon(ICONS, "ui", path.stem, "ff0000", SIZE)
    assert 10 < _ink(image) < 700
    colors = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 250
    }
    assert colors == {QColor("#ff0000").name()}


def test_a_provider_without_a_drawing_gets_its_letter(qapp: QApplication) -> None:
    first = draw_icon(ICONS, "providers", "no-such-thing", "000000", SIZE)
    assert _ink(first) > 20
    assert first != draw_icon(ICONS, "providers", "other-thing", "000000", SIZE)


@pytest.mark.parametrize(
    "name", ["ui/no-such-icon/000000", "ui/../../x/000000", "ui/refresh/red", "", "other/refresh/000000"]
)
def test_anything_else_is_an_empty_picture(qapp: QApplication, name: str) -> None:
    size = QSize()
    image = IconProvider(ICONS).requestImage(name, size, QSize(20, 20))
    assert (image.width(), _ink(image), size) == (20, 0, QSize(20, 20))


def test_sizes_are_limited(qapp: QApplication) -> None:
    assert draw_icon(ICONS, "ui", "refresh", "000000", QSize(100_000, 100_000)).width() == 512
    assert IconProvider(ICONS).requestImage("ui/refresh/000000", QSize(), QSize(-1, -1)).width() == 18


def test_a_huge_drawing_is_not_read(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    text = (ICONS / "ui" / "check.svg").read_text()
    (tmp_path / "ui" / "small.svg").write_text(text)
    (tmp_path / "ui" / "huge.svg").write_text(text + "<!-- " + "x" * 300_000 + " -->")
    assert _ink(draw_icon(tmp_path, "ui", "small", "000000", SIZE)) > 0
    assert _ink(draw_icon(tmp_path, "ui", "huge", "000000", SIZE)) == 0


def test_messages_are_logged_and_kept(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    messages = QtMessages()
    messages.install()
    try:
        with caplog.at_level(logging.DEBUG):
            qWarning("something odd")
            qWarning("This plugin does not support raise()")
    finally:
        messages.remove()
    assert messages.problems == ("something odd",)
    assert [(record.levelname, record.message) for record in caplog.records] == [("WARNING", "something odd")]


def test_warnings_of_an_engine_are_kept(
    qapp: QApplication, theme: ThemeModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    messages = QtMessages()
    engine = create_engine(theme, messages)
    file = tmp_path / "Odd.qml"
    file.write_text("import QtQuick\nItem { property var thing: null; property int size: thing.size }\n")
    create_object(engine, file, {})
    engine.deleteLater()
    qapp.sendPostedEvents(engine, QEvent.Type.DeferredDelete)
    assert len(messages.problems) == 1
    assert "Odd.qml:2" in messages.problems[0]


def test_kept_messages_are_limited(caplog: pytest.LogCaptureFixture) -> None:
    messages = QtMessages()
    for number in range(500):
        messages._take(logging.WARNING, str(number))
    assert len(messages.problems) == 200
    assert messages.problems[-1] == "499"


def test_the_bridge_tells_numbers_from_everything_else(qapp: QApplication) -> None:
    store, key, heard = SnapshotStore(), AccountKey("alpha"), list[tuple[str, ...]]()
    bridge = StoreBridge(store)
    bridge.snapshotChanged.connect(lambda name, snapshot: heard.append(("snapshot", name, type(snapshot).__name__)))
    bridge.accountChanged.connect(lambda name: heard.append(("account", name)))
    store.begin(key)
    store.succeed(key, Snapshot(updated_at=NOW), "api", NOW)
    store.fail(key, ServiceUnavailable("No connection."), NOW)
    assert heard == [
        ("account", "alpha"),
        ("snapshot", "alpha", "Snapshot"),
        ("account", "alpha"),
        ("account", "alpha"),
    ]
    heard.clear()
    store.keep_only([])
    assert heard == [("snapshot", "alpha", "NoneType"), ("account", "alpha")]
    bridge.close()
    bridge.close()
    store.begin(key)
    assert len(heard) == 2


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_contact_sheet_has_every_state(qapp: QApplication, tmp_path: Path, dark: bool) -> None:
    paths = render_popup_states(qapp, tmp_path, dark=dark)
    names = {f"popup-{name}-{'dark' if dark else 'light'}@1x.png" for name in scenes()}
    assert {path.name for path in paths} == names == {path.name for path in tmp_path.iterdir()}
    picture = QImage(str(tmp_path / f"popup-fresh-{'dark' if dark else 'light'}@1x.png"))
    assert picture.width() == 320
    assert (picture.pixelColor(160, picture.height() - 3).lightness() < 128) is dark


def test_the_contact_sheet_shows_a_session(qapp: QApplication, tmp_path: Path, session: Any) -> None:
    paths = render_popup_session(qapp, session, tmp_path, dark=False)
    assert [path.name for path in paths] == [
        f"popup-session-{name}-light@1x.png" for name in ("alpha", "beta", "gamma")
    ]
    assert len({path.read_bytes() for path in paths}) == 3
