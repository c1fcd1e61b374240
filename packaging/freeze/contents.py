"""What the frozen app carries: the standard library for people's providers, and of Qt only what the app loads."""

from __future__ import annotations

import importlib.util
import re
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Entry = tuple[str, str, str]
"""PyInstaller's: where it goes, where it comes from, what kind it is."""

LEFT_OUT = (
    "antigravity",
    "crypt",
    "distutils",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "nis",
    "pydoc_data",
    "test",
    "this",
    "tkinter",
    "turtle",
    "turtledemo",
    "venv",
)
"""Of the standard library: windows of another toolkit, tests, tools that install packages, and two modules that Python
gave up after 3.12 and that need libraries which newer systems no longer have."""

_PLUGINS = re.compile(
    r"iconengines/|imageformats/(lib)?qsvg|platforminputcontexts/|platforms/(lib)?q(cocoa|offscreen|wayland|windows|xcb)"
    r"|platformthemes/|styles/|wayland-decoration-client/|wayland-graphics-integration-client/libqt-plugin-wayland-egl"
    r"|wayland-shell-integration/libxdg-shell|xcbglintegrations/"
)
_QML = re.compile(
    r"(QtQml(/Models|/WorkerScript)?|QtQuick(/Controls(/Basic|/impl)?(/impl)?|/Layouts|/Templates|/Window)?)/[^/]+"
)
_QT_LIBRARY = re.compile(r"(lib)?(Qt6?|icu|av|sw)\w*[.-]|d3dcompiler|opengl32sw|(lib)?pyside6\w*\.", re.ASCII)
# On Linux everything else of the system stays the system's: a second copy of what talks to drivers, to the compositor
# or to plugins of glib would be the older of two in one process. These are what Python needs, which has other names
# elsewhere, and what desktops without Qt do not have.
_FROM_THE_SYSTEM = re.compile(
    r"lib(bz2|crypto|ffi|gdbm|gdbm_compat|db-5|lzma|ncursesw|panelw|python3|readline|sqlite3|ssl|tinfo|uuid"
    r"|xcb-(cursor|icccm|image|keysyms|render-util|util)|xkbcommon(-x11)?)[.\d]"
)
_SYSTEM_FOLDERS = ("/lib", "/usr/lib")


def standard_library() -> list[str]:
    """Return every public module of the standard library: a provider of a user's own may need any of it."""
    root = Path(sysconfig.get_path("stdlib"))
    tops = sorted(name for name in sys.stdlib_module_names if not name.startswith("_") and name not in LEFT_OUT)
    tops = [name for name in tops if importlib.util.find_spec(name) is not None]  # some are for other systems
    return [name for top in tops for name in (top, *_inside(root / top, top))]


def wanted(entries: Sequence[Entry], imports_of: Callable[[str], set[tuple[str, str | None]]]) -> list[Entry]:
    """Return the entries that go along; `imports_of` tells the libraries of a file as (name, path).

    Libraries of Qt, and on Linux of the system, go along when something that does needs them.
    """
    found = [entry for entry in entries if is_wanted(entry)]
    libraries = {_library(entry): entry for entry in found if _library(entry) and entry[2] != "SYMLINK"}
    needed: set[str] = set()
    waiting = [entry for entry in found if not _library(entry) and entry[2] in {"BINARY", "EXTENSION"}]
    while waiting:
        names = {Path(path or name).name for name, path in imports_of(waiting.pop()[1])}
        fresh = (names & libraries.keys()) - needed
        needed |= fresh
        waiting += [libraries[name] for name in sorted(fresh)]
    return [entry for entry in found if _library(entry) in needed | {""}]


def is_wanted(entry: Entry) -> bool:
    """Whether a file may go along, by its name alone."""
    target, source = (part.replace("\\", "/") for part in entry[:2])
    if (found := re.search(r"PySide6/(?:Qt/)?(plugins|qml|translations)/(.+)", target)) is not None:
        kind, inside = found.groups()
        if kind == "plugins":
            return _PLUGINS.match(inside) is not None
        return kind == "qml" and _QML.fullmatch(inside) is not None and not inside.endswith(".qmltypes")
    if sys.platform == "linux" and "/" not in target and source.startswith(_SYSTEM_FOLDERS):
        return _FROM_THE_SYSTEM.match(target) is not None
    return True


def _library(entry: Entry) -> str:
    """Return the file name of a library of Qt, or of a link to one, else ""."""
    source = entry[1].replace("\\", "/")
    name = source.rpartition("/")[2]
    is_qt = "PySide6/" in source and re.search(r"/(plugins|qml)/", source) is None
    return name if entry[2] in {"BINARY", "SYMLINK"} and is_qt and _QT_LIBRARY.match(name) else ""


def _inside(folder: Path, name: str) -> Iterator[str]:
    if not (folder / "__init__.py").is_file():
        return
    for path in sorted(folder.iterdir()):
        if path.stem in {"__init__", "__main__", "test", "tests"} or not path.stem.isidentifier():
            continue
        if path.suffix == ".py":
            yield f"{name}.{path.stem}"
        elif (path / "__init__.py").is_file():
            yield f"{name}.{path.name}"
            yield from _inside(path, f"{name}.{path.name}")
