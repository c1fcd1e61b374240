"""Which of the three systems this is. Apart from the other facts, because it is asked before the tray icon is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Platform


def current_platform(name: str = sys.platform) -> Platform:
    """Return the system for a `sys.platform`; everything that is neither macOS nor Windows counts as Linux."""
    return "macos" if name == "darwin" else "windows" if name == "win32" else "linux"
