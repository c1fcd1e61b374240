"""Where the files that are not code lie: QML, icons, translations, demo answers."""

from __future__ import annotations

from pathlib import Path


def resource_folder() -> Path:
    """Return the folder: inside the package when installed or frozen, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def changelog_path() -> Path:
    """Return CHANGELOG.md: among the resources when installed or frozen, at the top of a checkout."""
    inside = resource_folder() / "CHANGELOG.md"
    return inside if inside.is_file() else resource_folder().parent / "CHANGELOG.md"
