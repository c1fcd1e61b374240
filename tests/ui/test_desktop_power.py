"""The power profile over a real bus, and without one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.ui import desktop_power

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = """
import asyncio, sys
import qasync
from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, Property
from PySide6.QtDBus import QDBusConnection
from codexbar_qt.ui import desktop_bus, desktop_power

name, path, profile = sys.argv[1:]

@ClassInfo({"D-Bus Interface": name})
class Profiles(QObject):
    @Property(str)
    def ActiveProfile(self):
        return profile

app = QCoreApplication([])
desktop_power.system_bus = desktop_bus.session_bus
other = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "other")
service = Profiles()
if path:
    assert other.registerObject(path, service, QDBusConnection.RegisterOption.ExportAllProperties)
assert other.registerService(name)
with qasync.QEventLoop(app) as loop:
    print(loop.run_until_complete(desktop_power.is_power_saver_on()))
"""


@pytest.mark.desktop
@pytest.mark.parametrize(
    ("name", "path", "profile", "answer"),
    [
        ("org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles", "power-saver", "True"),
        ("net.hadess.PowerProfiles", "/net/hadess/PowerProfiles", "balanced", "False"),
        ("net.hadess.PowerProfiles", "", "", "None"),
        ("org.example.Other", "", "", "None"),
    ],
)
def test_profile(repo_root: Path, name: str, path: str, profile: str, answer: str) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-c", SERVICE, name, path, profile]
    done = subprocess.run(command, cwd=repo_root, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout.strip() == answer


async def test_nobody_is_waited_for_on_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def read_property(bus: object, service: str, *_: str) -> str | None:
        asked.append(service)
        return "power-saver" if service.startswith("net.") else None

    monkeypatch.setattr(desktop_power, "system_bus", object)  # a bus without any call that blocks
    monkeypatch.setattr(desktop_power, "read_property", read_property)
    assert await desktop_power.is_power_saver_on() is True
    assert asked == ["org.freedesktop.UPower.PowerProfiles", "net.hadess.PowerProfiles"]


async def test_without_a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop_power, "system_bus", lambda: None)
    assert await desktop_power.is_power_saver_on() is None
