"""What starts the app at login depends on how it was installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.desktop import autostart
from codexbar_qt.adapters.desktop.autostart import Autostart, StartupTask
from codexbar_qt.bootstrap import desktop, updates

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.core.ports import OriginName


class NoRegistry:
    """Stands in for the registry, which is nowhere but on Windows; nothing here reads it."""


@pytest.mark.parametrize(("origin", "kind"), [("msix", StartupTask), ("inno", Autostart), ("source", Autostart)])
def test_only_a_package_of_windows_leaves_it_to_windows(
    monkeypatch: pytest.MonkeyPatch, home: Path, origin: OriginName, kind: type
) -> None:
    monkeypatch.setattr(updates, "origin_name", lambda _platform: origin)
    monkeypatch.setattr(autostart, "WindowsRegistry", NoRegistry)
    assert type(desktop.build_login_item("windows")) is kind


def test_other_systems_ask_nothing(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(updates, "origin_name", lambda _platform: "msix")
    assert type(desktop.build_login_item("linux")) is Autostart
