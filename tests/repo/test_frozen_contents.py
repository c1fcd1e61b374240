"""What goes into the frozen app: told by names alone, and by what needs what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

WHEEL = "/venv/site-packages/PySide6"


@pytest.fixture(scope="module")
def contents(packaging_script: Callable[[str], ModuleType]) -> ModuleType:
    return packaging_script("freeze/contents.py")


def qt(path: str, kind: str = "BINARY") -> tuple[str, str, str]:
    return f"PySide6/{path}", f"{WHEEL}/{path}", kind


@pytest.mark.parametrize(
    ("path", "goes_along"),
    [
        ("Qt/plugins/platforms/libqxcb.so", True),
        ("Qt/plugins/platforms/libqoffscreen.so", True),
        ("Qt/plugins/platforms/libqeglfs.so", False),
        ("Qt/plugins/platforms/libqcocoa.dylib", True),
        ("plugins\\platforms\\qwindows.dll", True),
        ("plugins\\platforms\\qdirect2d.dll", False),
        ("plugins\\styles\\qmodernwindowsstyle.dll", True),
        ("plugins\\imageformats\\qsvg.dll", True),
        ("Qt/plugins/imageformats/libqsvg.so", True),
        ("Qt/plugins/imageformats/libqjpeg.so", False),
        ("Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("Qt/qml/QtQuick/qmldir", True),
        ("qml\\QtQuick\\qmldir", True),
        ("Qt/qml/QtQuick/plugins.qmltypes", False),
        ("Qt/qml/QtQuick/Controls/Basic/Button.qml", True),
        ("Qt/qml/QtQuick/Controls/Basic/impl/libqtquickcontrols2basicstyleimplplugin.so", True),
        ("Qt/qml/QtQuick/Controls/Material/Button.qml", False),
        ("Qt/qml/QtQuick/Dialogs/qmldir", False),
        ("Qt/translations/qtbase_de.qm", False),
        ("QtCore.abi3.so", True),
    ],
)
def test_parts_of_qt(contents: ModuleType, path: str, goes_along: bool) -> None:
    assert contents.is_wanted(qt(path)) is goes_along


@pytest.mark.parametrize(
    ("name", "goes_along"),
    [("libX11.so.6", False), ("libglib-2.0.so.0", False), ("libxcb-cursor.so.0", True), ("libcrypto.so.3", True)],
)
def test_libraries_of_the_system(
    contents: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, goes_along: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert contents.is_wanted((name, f"/lib/x86_64-linux-gnu/{name}", "BINARY")) is goes_along
    assert contents.is_wanted((name, f"/venv/site-packages/some.libs/{name}", "BINARY"))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert contents.is_wanted((name, f"/usr/lib/{name}", "BINARY"))


def test_libraries_of_qt_go_along_when_something_needs_them(contents: ModuleType) -> None:
    core, quick, icu, pdf, orphan = (
        qt(f"Qt/lib/lib{name}")
        for name in ("Qt6Core.so.6", "Qt6Quick.so.6", "icuuc.so.73", "Qt6Pdf.so.6", "Qt6Sql.so.6")
    )
    module, plugin = qt("QtQuick.abi3.so", "EXTENSION"), qt("Qt/plugins/imageformats/libqpdf.so")
    link, dead_link = ((Path(each[0]).name, each[0], "SYMLINK") for each in (core, orphan))
    needs: dict[str, set[tuple[str, str | None]]] = {
        module[1]: {("libQt6Quick.so.6", quick[1])},
        quick[1]: {("libQt6Core.so.6", None), ("libc.so.6", "/lib/libc.so.6")},
        core[1]: {("libicuuc.so.73", icu[1])},
        plugin[1]: {("libQt6Pdf.so.6", pdf[1])},
    }

    def imports_of(path: str) -> set[tuple[str, str | None]]:
        return needs.get(path, set())

    entries = [core, quick, icu, pdf, orphan, module, plugin, link, dead_link, ("readme.txt", "/readme.txt", "DATA")]
    assert contents.wanted(entries, imports_of) == [core, quick, icu, module, link, entries[-1]]


def test_the_standard_library_is_whole_but_for_what_is_named(contents: ModuleType) -> None:
    names = contents.standard_library()
    assert {"sqlite3", "graphlib", "xml.dom.minidom", "concurrent.futures.process", "encodings.cp1252"} <= set(names)
    assert not [name for name in names if name.split(".")[0] in contents.LEFT_OUT]
    assert len(names) == len(set(names))
