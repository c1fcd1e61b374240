"""What the wheel carries, and what its entry points lead to."""

from __future__ import annotations

import configparser
import importlib.metadata
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from typing import TYPE_CHECKING

import pytest

import codexbar_qt
from codexbar_qt.project import HOME_PAGE
from codexbar_qt.resource_folder import changelog_path, resource_folder

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = {
    "console_scripts": {"codexbar": "codexbar_qt.cli.main:main"},
    "gui_scripts": {"codexbar-qt": "codexbar_qt.__main__:main"},
}


def build(source: Path, folder: Path, kind: str) -> Path:
    """Build a wheel or an sdist with what is installed; return the file."""
    result = subprocess.run(
        [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(folder), str(source)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def wheel(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build(repo_root, tmp_path_factory.mktemp("wheel"), "wheel"))


def metadata_file(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (entry for entry in wheel.namelist() if entry.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode("utf-8")


def test_top_level_names(wheel: zipfile.ZipFile) -> None:
    names = {name.split("/")[0] for name in wheel.namelist()}
    info = f"codexbar_qt-{codexbar_qt.__version__}.dist-info"
    assert names == {"codexbar_qt", "codexbar_providers", info}


def test_resources_are_inside_the_package(wheel: zipfile.ZipFile, repo_root: Path) -> None:
    resources = repo_root / "resources"
    expected = {
        f"codexbar_qt/resources/{path.relative_to(resources).as_posix()}"
        for path in resources.rglob("*")
        if path.is_file() and resources / "pictures" not in path.parents
    }
    assert any(name.endswith(".qml") for name in expected)
    assert any(name.endswith(".svg") for name in expected)
    found = {name for name in wheel.namelist() if "/resources/" in name}
    assert found == expected | {"codexbar_qt/resources/CHANGELOG.md"}
    assert wheel.read("codexbar_qt/resources/CHANGELOG.md") == (repo_root / "CHANGELOG.md").read_bytes()


def test_an_editable_install_has_no_copy_that_could_be_out_of_date() -> None:
    files = importlib.metadata.files("codexbar-qt") or []
    assert [str(path) for path in files if path.name == "CHANGELOG.md"] == []
    assert changelog_path().parent == resource_folder().parent


def test_all_modules_are_there_and_nothing_else(wheel: zipfile.ZipFile, repo_root: Path) -> None:
    expected = {
        path.relative_to(repo_root / root).as_posix()
        for root, package in ((".", "codexbar_qt"), ("providers", "codexbar_providers"))
        for path in (repo_root / root / package).rglob("*.py")
    }
    found = {name for name in wheel.namelist() if name.endswith(".py")}
    assert found == expected
    assert {"codexbar_qt/py.typed", "codexbar_providers/py.typed"} <= set(wheel.namelist())


def test_metadata(wheel: zipfile.ZipFile) -> None:
    fields = HeaderParser().parsestr(metadata_file(wheel, "METADATA"))
    assert fields["Name"] == "codexbar-qt"
    assert fields["Version"] == codexbar_qt.__version__
    assert fields["License-Expression"] == "MIT"
    assert fields["Requires-Python"] == ">=3.11"
    assert dict(value.split(", ") for value in fields.get_all("Project-URL", []))["Homepage"] == HOME_PAGE
    assert not [value for value in fields.get_all("Requires-Dist", []) if "://" in value]


def test_the_license_is_there(wheel: zipfile.ZipFile, repo_root: Path) -> None:
    assert metadata_file(wheel, "licenses/LICENSE") == (repo_root / "LICENSE").read_text("utf-8")


def test_the_source_archive_makes_the_same_wheel(wheel: zipfile.ZipFile, repo_root: Path, tmp_path: Path) -> None:
    for name in ("sdist", "unpacked", "wheel"):
        (tmp_path / name).mkdir()
    sdist = build(repo_root, tmp_path / "sdist", "sdist")
    # Python 3.11.2 of Debian 12 cannot unpack safely by itself yet.
    subprocess.run(["tar", "-xf", str(sdist), "-C", str(tmp_path / "unpacked")], check=True)
    (source,) = (tmp_path / "unpacked").iterdir()
    with zipfile.ZipFile(build(source, tmp_path / "wheel", "wheel")) as again:
        assert sorted(again.namelist()) == sorted(wheel.namelist())
        assert [name for name in again.namelist() if again.read(name) != wheel.read(name)] == []


def test_entry_points(wheel: zipfile.ZipFile) -> None:
    parser = configparser.ConfigParser(delimiters="=")
    parser.read_string(metadata_file(wheel, "entry_points.txt"))
    assert {section: dict(parser[section]) for section in parser.sections()} == SCRIPTS


@pytest.mark.parametrize("target", [target for group in SCRIPTS.values() for target in group.values()])
def test_entry_point_leads_to_a_function(target: str) -> None:
    module, _, function = target.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize(
    "arguments", [["--version"], ["config", "providers"], ["usage", "--help"], ["usage", "--format", "json"]]
)
def test_command_line_never_loads_qt(arguments: list[str]) -> None:
    """Whatever the command answers, Qt is not among the modules it loaded."""
    script = (
        "import atexit, sys\n"
        "def report():\n"
        "    loaded = {name.partition('.')[0] for name in sys.modules} & {'PySide6', 'shiboken6', 'qasync'}\n"
        "    print('\\nloaded:', sorted(loaded), 'cli' if 'codexbar_qt.cli.main' in sys.modules else '')\n"
        "atexit.register(report)\n"
        f"sys.argv = ['codexbar', *{arguments!r}]\n"
        "from codexbar_qt.cli.main import main\n"
        "sys.exit(main())\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert result.stdout.splitlines()[-1] == "loaded: [] cli", result.stderr
