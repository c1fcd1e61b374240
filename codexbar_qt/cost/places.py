"""Where agents keep their logs on this machine (token-cost.md 1). Pure: looks at nothing but its values."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

Platform = Literal["linux", "macos", "windows"]


class Places(msgspec.Struct, frozen=True):
    """What decides where logs are: the kind of system, the home folder, and the variables of `PLACE_VARIABLES`."""

    platform: Platform
    home: str
    env: dict[str, str] = {}

    def folder(self, *parts: str) -> Path:
        """Return a folder below the home folder."""
        return Path(self.home, *parts)

    def value(self, name: str) -> str:
        """Return a variable, trimmed; "" when it is not set or blank."""
        return self.env.get(name, "").strip()


PLACE_VARIABLES = ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "APPDATA")
"""The variables that say where logs are."""
