"""The frozen app against the one that runs from the checkout: start, memory, size, and what takes the space."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.bench.rows import Plan

_ROOT = Path(__file__).resolve().parents[2]
_FROZEN = _ROOT / "dist" / "codexbar-qt"
_SUFFIX = ".exe" if sys.platform == "win32" else ""
_MB = 1_000_000
_SOURCE = "from the checkout"
# The first pattern that a path below the folder matches names what the file counts as.
_SHARES = (
    ("data of ICU, for collation and names of languages", r"icudata"),
    ("libraries of Qt", r"PySide6/Qt/lib/|PySide6/[^/]*Qt6[^/]*\.dll$|icu(uc|i18n)"),
    ("plugins and QML modules of Qt", r"PySide6/(Qt/)?(plugins|qml)/"),
    ("Python bindings of Qt", r"PySide6/|shiboken6/"),
    ("providers, resources and the app itself", r"(codexbar_qt|codexbar_providers)/"),
    ("Python and its standard library", r"libpython|python3\d*\.dll|lib-dynload|base_library|^_internal/[^/]+\.pyc$"),
    ("cryptography", r"cryptography/"),
    ("shared libraries of the system", r"_internal/[^/]*\.(so|dll|dylib)[.\d]*$"),
    ("the two programs", r"^codexbar(-qt)?(\.exe)?$"),
    ("other packages and modules", r""),
)


def frozen_rows(plan: Plan) -> list[Row]:
    """Start, memory and size; without a frozen app nothing but a remark."""
    if not (_FROZEN / f"codexbar-qt{_SUFFIX}").is_file():
        plan.remarks.append("There is no frozen app to measure. Make it first: make freeze")
        return []
    beside = Path(sys.executable).parent
    measured: dict[str, list[Mapping[str, float]]] = {"frozen": [], "source": []}
    versions: dict[str, list[float]] = {"frozen": [], "source": []}
    for number in range(plan.repeats + 1):
        for name, folder in (("frozen", _FROZEN), ("source", beside)):
            found = _self_test(folder, plan)
            took = _version_ms(folder, plan)
            if number:  # the first of each only warms the caches
                measured[name].append(found)
                versions[name].append(took)
    icon, fetched, opened = (_medians(measured, key) for key in ("icon_ms", "session_mb", "closed_mb"))
    frozen_size = sum(path.lstat().st_size for path in _files(_FROZEN)) / _MB
    plan.remarks.append(_table_of_shares(_FROZEN))
    return [
        Row("frozen: process start to tray icon shown", icon[0], "ms", 1.25, icon[1], _SOURCE),
        Row(
            "frozen: codexbar --version",
            statistics.median(versions["frozen"]),
            "ms",
            1.5,
            statistics.median(versions["source"]),
            _SOURCE,
        ),
        Row("frozen: memory, popup never opened (demo)", fetched[0], "MB", 1.1, fetched[1], _SOURCE),
        Row("frozen: memory after popup and settings were closed (demo)", opened[0], "MB", 1.1, opened[1], _SOURCE),
        Row("frozen: installed size", frozen_size, "MB", 0.8, _size_of_packages(), "its packages installed by pip"),
    ]


def _self_test(folder: Path, plan: Plan) -> Mapping[str, float]:
    command = [str(folder / f"codexbar-qt{_SUFFIX}"), "--demo", "--selftest"]
    done = subprocess.run(command, env=plan.environment, capture_output=True, text=True, check=True, timeout=120)
    found: Mapping[str, float] = json.loads(done.stdout)
    return found


def _version_ms(folder: Path, plan: Plan) -> float:
    started = time.perf_counter()
    command = [str(folder / f"codexbar{_SUFFIX}"), "--version"]
    subprocess.run(command, env=plan.environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000


def _medians(measured: Mapping[str, Sequence[Mapping[str, float]]], key: str) -> tuple[float, float]:
    frozen, source = (statistics.median(each[key] for each in measured[name]) for name in ("frozen", "source"))
    return frozen, source


def _size_of_packages() -> float:
    """Return megabytes of what the app needs, as pip installs it: without Python, tests and tools."""
    pins = (_ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    total = 0
    for name in re.findall(r"(?m)^([\w.-]+)==", pins):
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:  # for another system
            continue
        paths = (Path(str(file.locate())) for file in files)
        total += sum(path.stat().st_size for path in paths if path.is_file())
    return total / _MB


def _table_of_shares(folder: Path) -> str:
    sizes = dict.fromkeys((name for name, _ in _SHARES), 0)
    for path in _files(folder):
        sizes[_share_of(path.relative_to(folder).as_posix())] += path.lstat().st_size
    whole = sum(sizes.values())
    lines = [
        f"  {size / _MB:6.1f} MB  {100 * size / whole:4.1f} %  {name}"
        for name, size in sorted(sizes.items(), key=lambda item: -item[1])
    ]
    return "\n".join(["What takes the space in the frozen app:", *lines, f"  {whole / _MB:6.1f} MB"])


def _share_of(path: str) -> str:
    return next(name for name, pattern in _SHARES if re.search(pattern, path))


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
