"""What the frozen programs carry on Windows: icon and version resource. Loaded by packaging/freeze/codexbar.spec."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging" / "icons"))

TITLES = {"codexbar-qt": "CodexBar", "codexbar": "CodexBar command line"}
"""What the Task Manager and the settings of Windows call the programs."""


def program_settings(program: str) -> dict[str, Any]:
    """Return the keywords for PyInstaller's EXE of one program."""
    from icon_files import write_ico

    from codexbar_qt import __version__

    icon = write_ico(ROOT / "build" / "icons" / "codexbar-qt.ico")
    return {"icon": str(icon), "version": version_resource(program, __version__)}


def version_numbers(version: str) -> tuple[int, int, int, int]:
    """Return the four numbers that Windows compares: those of the release, filled up with zeros."""
    from packaging.version import Version

    release = (*Version(version).release, 0, 0, 0)
    return release[0], release[1], release[2], 0


def version_texts(program: str, version: str) -> dict[str, str]:
    """Return what the properties of the file show."""
    return {
        "CompanyName": "CodexBar Qt contributors",
        "FileDescription": TITLES[program],
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "MIT license",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "CodexBar Qt",
        "ProductVersion": version,
    }


def version_resource(program: str, version: str) -> Any:
    """Return the version resource as PyInstaller's object. The words are English, the character set is Unicode."""
    import importlib

    parts = importlib.import_module("PyInstaller.utils.win32.versioninfo")  # has no types to speak of
    numbers = version_numbers(version)
    words = [parts.StringStruct(name, text) for name, text in version_texts(program, version).items()]
    translation = parts.VarFileInfo([parts.VarStruct("Translation", [0x0409, 0x04B0])])
    fixed = parts.FixedFileInfo(filevers=numbers, prodvers=numbers)
    return parts.VSVersionInfo(
        ffi=fixed, kids=[parts.StringFileInfo([parts.StringTable("040904B0", words)]), translation]
    )
