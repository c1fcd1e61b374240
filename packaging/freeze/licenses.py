"""Writes the licences of all that is frozen into one text. Run by codexbar.spec, with what it freezes."""

from __future__ import annotations

import sys
import sysconfig
from importlib import metadata
from pathlib import Path

BUILD_TOOLS = {"altgraph", "macholib", "pefile", "pip", "pyinstaller", "pyinstaller-hooks-contrib", "setuptools"}
_QT = """\
Qt, PySide6 and shiboken6 are used under the GNU Lesser General Public License, version 3: https://www.gnu.org/licenses/lgpl-3.0.txt
They are ordinary files below PySide6/ and shiboken6/ and may be replaced by other builds. Sources: https://download.qt.io
"""
_LINE = "=" * 100


def write_licenses(target: Path) -> Path:
    """Write the text, and return where."""
    found = sorted(metadata.distributions(), key=lambda each: each.name.lower())
    shown = [each for each in found if each.name.lower().replace("_", "-") not in BUILD_TOOLS]
    names = [f"{each.name} {each.version}: {_license_of(each)}" for each in shown]
    python = f"Python {sys.version.split()[0]}: PSF-2.0"
    parts = ["CodexBar Qt carries the following.\n", *(f"{line}\n" for line in (python, *names)), f"\n{_QT}"]
    parts += _section(python, [_python_license()])
    for name, each in zip(names, shown, strict=True):
        texts = [Path(str(file.locate())) for file in each.files or () if _is_license(file.parts)]
        parts += _section(name, texts) if texts else []
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(parts), encoding="utf-8")
    return target


def _license_of(found: metadata.Distribution) -> str:
    said = found.metadata
    named = said["License-Expression"] or said["License"] or ""
    classified = [text.rpartition(":: ")[2] for text in said.get_all("Classifier") or () if text.startswith("License")]
    return named.splitlines()[0] if named else ", ".join(classified) or "see below"


def _is_license(parts: tuple[str, ...]) -> bool:
    stem = parts[-1].lower()
    return parts[0].endswith(".dist-info") and stem.startswith(("licen", "copying", "notice"))


def _python_license() -> Path:
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    return next((path for path in places if path.is_file()), places[0])


def _section(name: str, texts: list[Path]) -> list[str]:
    read = [path.read_text(encoding="utf-8", errors="replace") for path in texts if path.is_file()]
    return [f"\n{_LINE}\n{name}\n{_LINE}\n\n", *(f"{text.strip()}\n\n" for text in read)] if read else []
