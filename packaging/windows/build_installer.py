"""Makes the installer for Windows from dist/codexbar-qt with Inno Setup 6, signed when the environment says how.

    python packaging/windows/build_installer.py

ISCC names the compiler when it is neither on PATH nor where its own installer puts it; signing.py signs.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import frozen_settings  # noqa: F401 - says where icon_files is
from frozen_settings import ROOT, version_numbers
from icon_files import write_bmp, write_ico
from signing import sign, sign_command

from codexbar_qt import __version__

FOLDER = ROOT / "dist" / "codexbar-qt"
ICON = ROOT / "build" / "icons" / "codexbar-qt.ico"
PICTURE = ICON.with_suffix(".bmp")
SCRIPT = Path(__file__).with_name("codexbar.iss")
PROGRAMS = ("codexbar-qt.exe", "codexbar.exe")


def compiler() -> list[str]:
    """Return the command of Inno Setup's compiler. Raises SystemExit when there is none."""
    if named := os.environ.get("ISCC"):
        return shlex.split(named, posix=os.name != "nt") if not Path(named).is_file() else [named]
    folders = [os.environ.get(name, "") for name in ("PROGRAMFILES(X86)", "PROGRAMFILES", "LOCALAPPDATA")]
    usual = [Path(folder) / inside / "Inno Setup 6" / "ISCC.exe" for folder in folders for inside in ("", "Programs")]
    found = shutil.which("ISCC") or next((str(path) for path in usual if path.is_file()), None)
    if found is None:
        raise SystemExit("Inno Setup 6 was not found. Install it, or name its compiler in the variable ISCC.")
    return [found]


def arguments(version: str, sign_with: str) -> list[str]:
    """Return what the compiler is told."""
    numbers = ".".join(str(number) for number in version_numbers(version))
    defined = {"AppVersion": version, "FileVersion": numbers}
    defined |= {"SourceFolder": str(FOLDER), "IconFile": str(ICON), "PictureFile": str(PICTURE)}
    words = [f"/D{name}={value}" for name, value in defined.items()]
    if sign_with:
        words += ["/DSign", f"/Scodexbar={sign_with.replace(chr(34), '$q')}"]
    return ["/Qp", *words, f"/O{ROOT / 'dist'}", str(SCRIPT)]


def main() -> int:
    """Sign the programs, then make and sign the installer."""
    missing = [name for name in PROGRAMS if not (FOLDER / name).is_file()]
    if missing:
        print(f"{FOLDER} has no {' and no '.join(missing)}. Freeze the app first.", file=sys.stderr)
        return 1
    write_ico(ICON)
    write_bmp(PICTURE)
    command = sign_command()
    sign([FOLDER / name for name in PROGRAMS], command)
    return subprocess.run([*compiler(), *arguments(__version__, command)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
