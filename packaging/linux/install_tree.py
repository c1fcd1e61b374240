"""The files of a Linux package as they stand on a machine: the frozen app, links to it, what desktops read."""

from __future__ import annotations

import os
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

# The texts are made of the app's own code, which is there without being installed.
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "providers")]

from codexbar_qt import __version__  # noqa: E402
from completions import write_completions  # noqa: E402
from manual_pages import manual_page  # noqa: E402

PACKAGE = "codexbar-qt"
PROGRAMS = ("codexbar-qt", "codexbar")
APP_FOLDER = Path("lib") / PACKAGE
"""Below the prefix. Programs are started by links in bin/, so the folder is never on anybody's PATH."""
METAINFO = "io.github.codexbar_qt.metainfo.xml"
DIST = ROOT / "dist"
BUILD = ROOT / "build" / "linux"
_FROZEN = DIST / PACKAGE
_SHARE = Path(__file__).resolve().parent / "share"
_ORIGIN = Path("_internal/codexbar_qt/resources/install-origin")


class NotFrozen(Exception):
    """There is no frozen app; the text is for people."""


def lay_out(prefix: Path, origin: str, *, zsh_folder: str = "site-functions") -> None:
    """Put everything below `prefix`, an empty or missing folder that stands for /usr. Raises NotFrozen.

    `origin` is the word for the app about where it came from (packaging/README.md).
    """
    if not (_FROZEN / PROGRAMS[0]).is_file():
        raise NotFrozen("The frozen app is not there. Run: make freeze")
    app = prefix / APP_FOLDER
    shutil.copytree(_FROZEN, app, symlinks=True)
    (app / _ORIGIN).write_text(f"{origin}\n", encoding="ascii")
    (prefix / "bin").mkdir()
    for program in PROGRAMS:
        (prefix / "bin" / program).symlink_to(Path("..") / APP_FOLDER / program)
    share = prefix / "share"
    copy(_SHARE / f"{PACKAGE}.desktop", share / "applications" / f"{PACKAGE}.desktop")
    metainfo = (_SHARE / METAINFO).read_text(encoding="utf-8")
    filled = metainfo.replace("@VERSION@", package_version()).replace("@DATE@", f"{build_time():%Y-%m-%d}")
    write(share / "metainfo" / METAINFO, filled)
    _lay_out_icons(share / "icons" / "hicolor")
    for program in PROGRAMS:
        write(share / "man" / "man1" / f"{program}.1", manual_page(program, __version__, build_time()))
    write_completions(share, zsh_folder=zsh_folder)
    copy(ROOT / "LICENSE", share / "licenses" / PACKAGE / "LICENSE")
    settle_modes(prefix)


def settle_modes(folder: Path) -> None:
    """Make programs and folders executable and all else not, whatever the umask was."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or (path.name in PROGRAMS and path.parent.name == PACKAGE) else 0o644)


def elf_files(folder: Path) -> list[Path]:
    """Return all programs and libraries."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def package_version(version: str = __version__) -> str:
    """Return the version as deb, rpm and AppStream sort it: a tilde comes before nothing."""
    return re.sub(r"\.?(a|b|rc|dev)(\d+)", r"~\1\2", version)


def build_time() -> datetime:
    """Return when this is built; SOURCE_DATE_EPOCH sets it, so the same sources make the same package."""
    named = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(named), UTC) if named else datetime.now(UTC)


def fresh(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def copy(source: Path, target: Path) -> None:
    """Copy a file to where it belongs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def write(target: Path, text: str) -> None:
    """Write a file where it belongs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def _lay_out_icons(theme: Path) -> None:
    source = ROOT / "resources" / "icons" / "app"
    copy(source / f"{PACKAGE}.svg", theme / "scalable" / "apps" / f"{PACKAGE}.svg")
    for picture in sorted(source.glob(f"{PACKAGE}-*.png")):
        size = picture.stem.rpartition("-")[2]
        copy(picture, theme / f"{size}x{size}" / "apps" / f"{PACKAGE}.png")
