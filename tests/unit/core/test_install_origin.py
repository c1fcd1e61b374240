"""Who brings an installation up to date: each origin is either looked after by the app or says who does."""

from __future__ import annotations

from typing import get_args

from codexbar_qt.core.install_origin import DEMO, ORIGINS
from codexbar_qt.core.ports import OriginName

DOWNLOADED = {"deb", "rpm", "tarball", "appimage", "inno", "dmg"}


def test_every_origin_is_described() -> None:
    assert set(ORIGINS) == set(get_args(OriginName))
    assert all(origin.name for origin in ORIGINS.values())


def test_only_downloaded_files_are_looked_after_by_the_app() -> None:
    assert {name for name, origin in ORIGINS.items() if origin.looks_for_updates} == DOWNLOADED
    assert not DEMO.looks_for_updates
