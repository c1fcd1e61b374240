"""Puts CHANGELOG.md among the resources of a wheel, where the app reads "What's new" from.

A hook of hatchling, named in pyproject.toml. Declared as `force-include` the file would also be copied into the
site-packages of every editable install, and be out of date there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ChangelogHook(BuildHookInterface[Any]):
    """Adds the one file to a wheel; an editable install reads it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the file and its place, before the build."""
        if version != "editable":
            source = Path(self.root) / "CHANGELOG.md"
            build_data["force_include"][str(source)] = "codexbar_qt/resources/CHANGELOG.md"
