"""Wires the look for newer versions, and tells how this installation got here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt import __version__
from codexbar_qt.resource_folder import changelog_path, resource_folder

if TYPE_CHECKING:
    from codexbar_qt.bootstrap.services import Services
    from codexbar_qt.core.ports import OriginName
    from codexbar_qt.core.update_state import UpdateState
    from codexbar_qt.core.update_watch import UpdateParts
    from codexbar_qt.provider_api import Platform


def origin_name(platform: Platform) -> OriginName:
    """Return how this installation got here; reads a few files."""
    from codexbar_qt.adapters.install_origin import Installation, find_origin

    place = Installation(
        platform=platform,
        executable=Path(sys.executable),
        prefix=Path(sys.prefix),
        resources=resource_folder(),
        package=Path(__file__).resolve().parents[1],
        is_frozen=bool(getattr(sys, "frozen", False)),
    )
    return find_origin(place, os.environ.get)


def build_update_parts(services: Services, *, is_resident: bool) -> UpdateParts | UpdateState:
    """Return what the tray app looks for newer versions with; only the one that stays looks at all."""
    from codexbar_qt.bootstrap.places import data_folder
    from codexbar_qt.core.install_origin import DEMO, ORIGINS
    from codexbar_qt.core.update_memory import FILE_NAME, VersionMemoryFile
    from codexbar_qt.core.update_state import UpdateState
    from codexbar_qt.core.update_watch import UpdateParts

    if services.http is None:
        return UpdateState(DEMO, __version__)
    origin = ORIGINS[origin_name(services.platform)]
    if not is_resident:
        return UpdateState(origin, __version__)
    memory = VersionMemoryFile(data_folder() / FILE_NAME, services.calls)
    return UpdateParts(services.http, memory, read_changelog, origin, __version__)


def read_changelog() -> str:
    """Return the text of CHANGELOG.md. Raises OSError."""
    from codexbar_qt.core.changelog import MAX_BYTES

    with changelog_path().open("rb") as stream:
        return stream.read(MAX_BYTES).decode("utf-8", "replace")
