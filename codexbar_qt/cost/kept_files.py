"""The files that scans leave behind."""

from __future__ import annotations

from pathlib import Path


def remove_state(path: Path) -> None:
    """Remove a state file. Raises OSError.

    What SQLite keeps beside it goes first: a new file of the same name would take that for its own.
    """
    for suffix in ("-wal", "-shm", ""):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def remove_states(folder: Path) -> int:
    """Remove everything kept below a folder; return how many state files that were. Raises OSError."""
    paths = {Path(str(path).removesuffix("-wal").removesuffix("-shm")) for path in folder.glob("*.sqlite*")}
    there = [path for path in sorted(paths) if path.exists()]
    for path in sorted(paths):
        remove_state(path)
    return len(there)
