"""The files that scans leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def remove_states(folder: Path) -> int:
    """Remove everything kept below a folder; return how many state files that were. Raises OSError."""
    removed = 0
    for path in sorted(folder.glob("*.sqlite*")) if folder.is_dir() else ():
        path.unlink(missing_ok=True)
        removed += path.suffix == ".sqlite"
    return removed
