"""Where things may stand: top-level names, folders that must not become packages, sizes, icons."""

from __future__ import annotations

import ast
import fnmatch
import importlib
import pkgutil
import stat
import sys
from typing import TYPE_CHECKING

import defusedxml.ElementTree
import pytest

import codexbar_providers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = {".ci", ".github", "codexbar_qt", "packaging", "providers", "requirements", "resources", "tests"}
FILES = {
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
}
MODULE_LINES = 600
FUNCTION_LINES = 50
QML_LINES = 250
VAGUE_NAMES = {"base", "helper", "helpers", "manager", "misc", "util", "utils"}


def source_files(repo_root: Path) -> Iterator[Path]:
    for root in ("codexbar_qt", "providers"):
        yield from sorted((repo_root / root).rglob("*.py"))


def test_top_level_names_are_the_agreed_ones(repo_root: Path) -> None:
    ignored = [line.strip("/") for line in (repo_root / ".gitignore").read_text("utf-8").split() if line]
    names = {
        entry.name + ("/" if entry.is_dir() else "")
        for entry in repo_root.iterdir()
        if entry.name != ".git" and not any(fnmatch.fnmatch(entry.name, pattern) for pattern in ignored)
    }
    assert names == {f"{folder}/" for folder in FOLDERS} | FILES


@pytest.mark.parametrize("folder", ["packaging", "providers", "resources"])
def test_folder_is_no_package(repo_root: Path, folder: str) -> None:
    """`packaging/__init__.py` would shadow the library of that name, the others would claim generic ones."""
    assert not (repo_root / folder / "__init__.py").exists()


def test_providers_package_is_a_docstring(repo_root: Path) -> None:
    tree = ast.parse((repo_root / "providers/codexbar_providers/__init__.py").read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_modules_are_short(repo_root: Path) -> None:
    long = {
        str(path.relative_to(repo_root)): lines
        for path in source_files(repo_root)
        if (lines := len(path.read_text("utf-8").splitlines())) >= MODULE_LINES
    }
    assert long == {}


def test_functions_are_short(repo_root: Path) -> None:
    long = {
        f"{path.relative_to(repo_root)}:{node.lineno} {node.name}": lines
        for path in source_files(repo_root)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_qml_files_are_short(repo_root: Path) -> None:
    files = sorted((repo_root / "resources" / "qml").rglob("*.qml"))
    assert files
    long = {
        str(path.relative_to(repo_root)): lines
        for path in files
        if (lines := len(path.read_text("utf-8").splitlines())) >= QML_LINES
    }
    assert long == {}


def test_module_names_say_something(repo_root: Path) -> None:
    vague = [path for path in source_files(repo_root) if VAGUE_NAMES & set(path.stem.lower().split("_"))]
    assert vague == []


@pytest.mark.parametrize(
    "provider_id",
    [module.name for module in pkgutil.iter_modules(codexbar_providers.__path__) if module.name[0] != "_"],
)
def test_provider_has_an_icon(repo_root: Path, provider_id: str) -> None:
    descriptor = importlib.import_module(f"codexbar_providers.{provider_id}").PROVIDER.descriptor
    icon = repo_root / "resources" / "icons" / "providers" / f"{descriptor.icon or provider_id}.svg"
    root = defusedxml.ElementTree.parse(icon).getroot()
    assert root is not None
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox"), "an icon without viewBox cannot be scaled"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "image", "foreignObject", "text"}


def test_there_are_providers() -> None:
    """Keeps the test above from passing because it had nothing to look at."""
    assert sum(module.name[0] != "_" for module in pkgutil.iter_modules(codexbar_providers.__path__)) >= 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
@pytest.mark.parametrize(
    "script", [".ci/run", "packaging/venv.sh", "packaging/linux/qt-libs.sh", "packaging/linux/test-tools.sh"]
)
def test_script_is_executable(repo_root: Path, script: str) -> None:
    assert (repo_root / script).stat().st_mode & stat.S_IXUSR


def test_changelog_has_its_form(repo_root: Path) -> None:
    lines = (repo_root / "CHANGELOG.md").read_text("utf-8").splitlines()
    releases = [line for line in lines if line.startswith("## ")]
    assert releases[0] == "## [Unreleased]"
    kinds = {line for line in lines if line.startswith("### ")}
    assert kinds <= {f"### {kind}" for kind in ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")}
