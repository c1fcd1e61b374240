"""Makes dist/codexbar-qt-<version>-<architecture>.AppImage of the frozen app. Run by `make appimage`.

Needs appimagetool (https://github.com/AppImage/appimagetool), which no distribution packages: put it on the PATH.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import install_tree
from install_tree import APP_FOLDER, BUILD, DIST, PACKAGE, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def main() -> int:
    """Build the AppImage and say where it is."""
    tool = shutil.which("appimagetool")
    try:
        folder = lay_out()
    except install_tree.NotFrozen as error:
        print(error, file=sys.stderr)
        return 1
    if tool is None:
        place = "https://github.com/AppImage/appimagetool/releases"
        print(f"appimagetool was not found. Put it on the PATH and start again: {place}", file=sys.stderr)
        print(f"What it would pack is in {folder.relative_to(ROOT)}.", file=sys.stderr)
        return 1
    version, machine = install_tree.package_version(), platform.machine()
    target = DIST / f"{PACKAGE}-{version}-{machine}.AppImage"
    epoch = str(int(install_tree.build_time().timestamp()))
    environment = {**os.environ, "ARCH": machine, "VERSION": version, "SOURCE_DATE_EPOCH": epoch}
    subprocess.run([tool, "--no-appstream", str(folder), str(target)], env=environment, check=True)
    print(target.relative_to(ROOT))
    return 0


def lay_out() -> Path:
    """Put the folder together that an AppImage holds: usr/, and at its top the program, the desktop entry, the icon."""
    folder = install_tree.fresh(BUILD / "appimage") / f"{PACKAGE}.AppDir"
    share = folder / "usr" / "share"
    install_tree.lay_out(folder / "usr", "appimage")
    (folder / "AppRun").symlink_to(f"usr/{APP_FOLDER}/{PACKAGE}")
    (folder / f"{PACKAGE}.desktop").symlink_to(f"usr/share/applications/{PACKAGE}.desktop")
    (folder / f"{PACKAGE}.png").symlink_to(f"usr/share/icons/hicolor/256x256/apps/{PACKAGE}.png")
    (folder / ".DirIcon").symlink_to(f"{PACKAGE}.png")
    # The file name that tools for AppImages look for.
    (share / "metainfo" / install_tree.METAINFO).rename(share / "metainfo" / f"{PACKAGE}.appdata.xml")
    return folder


if __name__ == "__main__":
    sys.exit(main())
