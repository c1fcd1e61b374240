"""Whether somebody can be looking: sleep, lock, and the clock where nobody tells."""

from __future__ import annotations

import ctypes
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication

from codexbar_qt.ui import desktop_presence
from codexbar_qt.ui.desktop_presence import Presence

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def heard(qtbot: QtBot) -> list[str]:
    return []


@pytest.fixture
def presence(heard: list[str]) -> Presence:
    made = Presence(lambda: False)
    made.left.connect(lambda: heard.append("left"))
    made.returned.connect(lambda: heard.append("returned"))
    return made


def test_sleep(presence: Presence, heard: list[str]) -> None:
    presence.on_prepare_for_sleep(True)
    seen = [presence.away]
    presence.on_prepare_for_sleep(True)
    presence.on_prepare_for_sleep(False)
    seen.append(presence.away)
    assert seen == [True, False]
    assert heard == ["left", "returned"]


def test_a_locked_screen_outlasts_the_sleep(presence: Presence, heard: list[str]) -> None:
    presence.on_screen_locked(True)
    presence.on_prepare_for_sleep(True)
    presence.on_prepare_for_sleep(False)
    assert heard == ["left"]
    presence.on_screen_locked(False)
    assert heard == ["left", "returned"]


def test_clock_tells_afterwards(heard: list[str], qtbot: QtBot) -> None:
    jumps = iter([False, True, False])
    presence = Presence(lambda: next(jumps))
    presence.left.connect(lambda: heard.append("left"))
    presence.returned.connect(lambda: heard.append("returned"))
    for _ in range(3):
        presence.check_clock()
    assert heard == ["left", "returned"]


def test_clock_is_used_only_where_nobody_tells(monkeypatch: pytest.MonkeyPatch, presence: Presence) -> None:
    monkeypatch.setattr(desktop_presence, "system_bus", lambda: None)
    monkeypatch.setattr(desktop_presence, "session_bus", lambda: None)
    presence.start()
    seen = [presence.uses_clock]
    presence.stop()
    seen.append(presence.uses_clock)
    monkeypatch.setattr(desktop_presence, "system_bus", object)
    monkeypatch.setattr(desktop_presence, "listen", lambda *_: True)
    presence.start()
    seen.append(presence.uses_clock)
    assert seen == [True, False, False]


def test_windows_messages(monkeypatch: pytest.MonkeyPatch, presence: Presence, heard: list[str]) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "windows")
    presence.start()
    listener = presence._windows
    assert listener is not None
    for message, parameter in ((0x0218, 4), (0x0218, 18), (0x0219, 4), (0x0218, 10)):
        memory = ctypes.create_string_buffer(struct.pack("PIxxxxPP", 1, message, parameter, 0))
        assert listener.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(memory)) == (False, 0)
    assert heard == ["left", "returned"]
    presence.stop()


BUSES = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from codexbar_qt.ui import desktop_bus, desktop_presence
app = QCoreApplication([])
desktop_presence.system_bus = desktop_bus.session_bus  # a bus of its own stands in for the one of the machine
presence = desktop_presence.Presence(lambda: False)
presence.left.connect(lambda: print("left", flush=True))
presence.returned.connect(lambda: (print("returned", flush=True), next_step()))
presence.start()
steps = [
    ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep"),
    ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged"),
    ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged"),
]
names = ["org.freedesktop.login1", "org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"]
other = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "other")
for name in names:
    assert other.registerService(name)
def next_step():
    if not steps:
        app.quit()
        return
    step = steps.pop(0)
    for flag in (True, False):
        signal = QDBusMessage.createSignal(*step)
        signal.setArguments([flag])
        assert other.send(signal)
QTimer.singleShot(0, next_step)
QTimer.singleShot(30000, lambda: sys.exit("timed out"))
app.exec()
"""


@pytest.mark.desktop
def test_signals_of_a_real_bus(repo_root: Path) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-c", BUSES]
    done = subprocess.run(command, cwd=repo_root, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["left", "returned"] * 3
