"""Whether there is a tray: found at once, later, lost, replaced, never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSystemTrayIcon

from codexbar_qt.ui import tray_host
from codexbar_qt.ui.tray_host import TrayHost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot


class Desktop:
    """A desktop of which the test decides what it has."""

    def __init__(self) -> None:
        self.sni = False
        self.x11_owner = 0
        self.is_x11 = True
        self.has_bus = True
        self.tell: Callable[[], None] = lambda: None

    def watch(self, _bus: object, _service: str, changed: Callable[[], None], parent: QObject) -> QObject:
        self.tell = changed
        return QObject(parent)


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Desktop:
    fake = Desktop()
    monkeypatch.setattr(tray_host, "_is_unix_desktop", lambda: True)
    monkeypatch.setattr(tray_host, "_is_x11", lambda: fake.is_x11)
    monkeypatch.setattr(tray_host, "session_bus", lambda: object() if fake.has_bus else None)
    monkeypatch.setattr(tray_host, "has_owner", lambda _bus, _name: fake.sni)
    monkeypatch.setattr(tray_host, "watch_owner", fake.watch)
    monkeypatch.setattr(tray_host, "x11_tray_owner", lambda: fake.x11_owner if fake.is_x11 else 0)

    def asked_too_early() -> bool:
        pytest.fail("Qt was asked, which fixes its kind of tray")

    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", asked_too_early)
    return fake


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[TrayHost]:
    made = TrayHost(patience_ms=30, pace_ms=5)
    yield made
    made.stop()


def intervals(host: TrayHost) -> list[int]:
    return [timer.interval() for timer in host.findChildren(QTimer) if timer.isActive()]


@pytest.mark.parametrize(("sni", "owner"), [(True, 0), (False, 77), (True, 77)])
def test_found_at_once(desktop: Desktop, host: TrayHost, qtbot: QtBot, sni: bool, owner: int) -> None:
    desktop.sni, desktop.x11_owner = sni, owner
    with qtbot.assertNotEmitted(host.appeared), qtbot.assertNotEmitted(host.missing, wait=60):
        assert host.start()
    assert host.available


def test_missing_is_said_once_and_listening_goes_on(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    missing: list[bool] = []
    host.missing.connect(lambda: missing.append(True))
    with qtbot.waitSignal(host.missing):
        assert not host.start()
    host.check()
    host.check()
    assert missing == [True]
    assert intervals(host) == [30_000]
    desktop.sni = True
    with qtbot.waitSignal(host.appeared):
        desktop.tell()
    assert host.available and missing == [True]


def test_tray_that_comes_within_the_patience(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    host = TrayHost(patience_ms=60_000, pace_ms=5)
    assert not host.start()
    with qtbot.assertNotEmitted(host.missing), qtbot.waitSignal(host.appeared):
        desktop.x11_owner = 77
    assert intervals(host) == [30_000]
    host.stop()


def test_wayland_is_told_and_does_not_poll(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    desktop.is_x11 = False
    with qtbot.waitSignal(host.missing):
        assert not host.start()
    assert intervals(host) == []
    desktop.sni = True
    with qtbot.waitSignal(host.appeared):
        desktop.tell()


def test_sni_needs_no_timer(desktop: Desktop, host: TrayHost) -> None:
    desktop.sni = True
    host.start()
    assert intervals(host) == []


def test_lost_and_found_again(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    desktop.sni = True
    host.start()
    desktop.sni = False
    with qtbot.waitSignal(host.missing):
        desktop.tell()
    desktop.sni = True
    with qtbot.waitSignal(host.appeared):
        desktop.tell()
    desktop.sni = False
    with qtbot.waitSignal(host.missing):
        desktop.tell()


def test_replaced_x11_tray_wants_the_icon_again(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    desktop.x11_owner = 77
    host.start()
    with qtbot.assertNotEmitted(host.appeared):
        host.check()
    desktop.x11_owner = 78
    with qtbot.waitSignal(host.appeared):
        host.check()


def test_the_kind_that_qt_uses_stays(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    desktop.x11_owner = 77
    host.start()
    desktop.x11_owner, desktop.sni = 0, True
    with qtbot.assertNotEmitted(host.appeared), qtbot.waitSignal(host.missing):
        desktop.tell()


def test_without_a_bus(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    desktop.has_bus = False
    with qtbot.waitSignal(host.missing):
        host.start()
    desktop.x11_owner = 5
    with qtbot.waitSignal(host.appeared):
        host.check()


@pytest.mark.parametrize("available", [True, False])
def test_other_systems_ask_qt(host: TrayHost, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, available: bool) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: available)
    assert host.start() is available
    assert bool(intervals(host)) is not available


def test_stopped_host_is_silent(desktop: Desktop, host: TrayHost, qtbot: QtBot) -> None:
    host.start()
    host.stop()
    with qtbot.assertNotEmitted(host.missing, wait=60):
        pass
    assert intervals(host) == []
