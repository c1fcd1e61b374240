"""Where Claude Code and Claude Desktop write their logs (token-cost.md 1)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.cost.log_files import Inventory, collect_logs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codexbar_qt.cost.places import Places

_DESKTOP_STORES = ("local-agent-mode-sessions", "claude-code-sessions")
_DESKTOP_DEPTH = 4
_BUILD_FOLDERS = frozenset({"node_modules", ".git", "build", ".build", "target", "outputs", "DerivedData"})


def find_logs(places: Places) -> Inventory:
    """Return every log of every root that exists."""
    inventory = Inventory()
    for root in _distinct(log_roots(places, inventory)):
        collect_logs(root, inventory)
    return inventory


def log_roots(places: Places, inventory: Inventory) -> Iterator[Path]:
    """Go through the folders that logs are below, in the order of the sheet, whether they exist or not.

    CLAUDE_CONFIG_DIR replaces all others. It is one folder taken literally; a list with commas, which older releases of
    Claude Code took, counts when no such folder exists.
    """
    named = places.env.get("CLAUDE_CONFIG_DIR", "")
    if named.strip():
        yield from (Path(folder, "projects") for folder in _named_folders(named))
        return
    yield places.folder(".config", "claude", "projects")
    yield places.folder(".claude", "projects")
    for store in _DESKTOP_STORES:
        yield from _desktop_roots(_app_data(places) / store, inventory)


def _named_folders(named: str) -> list[str]:
    if "," not in named or os.path.exists(named):  # noqa: PTH110 - False for what is too long for a path
        return [named]
    return [part.strip() for part in named.split(",") if part.strip()]


def _app_data(places: Places) -> Path:
    if places.platform == "macos":
        return places.folder("Library", "Application Support", "Claude")
    if places.platform == "windows":
        roaming = places.value("APPDATA")
        return Path(roaming, "Claude") if roaming else places.folder("AppData", "Roaming", "Claude")
    return places.folder(".config", "Claude")


def _desktop_roots(store: Path, inventory: Inventory) -> Iterator[Path]:
    """Find each `.claude/projects` in a store of Claude Desktop and in the folders up to four levels below it."""
    pending = [(store, 0)]
    while pending:
        folder, depth = pending.pop()
        root = folder / ".claude" / "projects"
        if os.path.isdir(root):  # noqa: PTH112 - False where looking is not allowed
            yield root
        if depth < _DESKTOP_DEPTH:
            pending.extend((below, depth + 1) for below in _folders_of(folder, inventory))


def _folders_of(folder: Path, inventory: Inventory) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [
                entry.name
                for entry in found
                if entry.name not in _BUILD_FOLDERS
                and not entry.name.startswith(".")
                and entry.is_dir(follow_symlinks=False)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        inventory.unreadable_folders += 1
        return []
    return [folder / name for name in sorted(names, reverse=True)]


def _distinct(roots: Iterable[Path]) -> Iterator[str]:
    """Go through the roots that are not the same folder as one before."""
    seen: set[str] = set()
    for root in roots:
        real = os.path.realpath(root)
        if real not in seen:
            seen.add(real)
            yield str(root)
