"""How an installation got here, told from its place, its marker and its environment, for three systems."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.install_origin import Installation, find_origin, own_appimage

if TYPE_CHECKING:
    from codexbar_qt.core.ports import OriginName


def no_env(name: str) -> str | None:
    return None


@pytest.fixture
def frozen(tmp_path: Path) -> Installation:
    """A frozen app without a marker."""
    resources = tmp_path / "app" / "_internal" / "codexbar_qt" / "resources"
    resources.mkdir(parents=True)
    return Installation(
        platform="linux",
        executable=tmp_path / "app" / "codexbar-qt",
        prefix=tmp_path / "app" / "_internal",
        resources=resources,
        package=resources.parent,
        is_frozen=True,
        caskrooms=(tmp_path / "Caskroom" / "codexbar-qt",),
    )


@pytest.fixture
def installed(frozen: Installation, tmp_path: Path) -> Installation:
    """A wheel in an environment of its own."""
    package = tmp_path / "venv" / "lib" / "python3.12" / "site-packages" / "codexbar_qt"
    (package / "resources").mkdir(parents=True)
    return replace(
        frozen,
        executable=tmp_path / "venv" / "bin" / "python",
        prefix=tmp_path / "venv",
        resources=package / "resources",
        package=package,
        is_frozen=False,
    )


def mark(place: Installation, content: bytes) -> None:
    (place.resources / "install-origin").write_bytes(content)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"deb", "deb"),
        (b"rpm\n", "rpm"),
        (b" inno\r\n", "inno"),
        (b"distribution", "distribution"),
        (b"", "unknown"),
        (b"DEB", "unknown"),
        (b"deb rpm", "unknown"),
        (b"\xff\xfe", "unknown"),
        (b"deb" + b"\n" * 100_000 + b"x", "deb"),
    ],
)
def test_the_marker_of_our_packages(frozen: Installation, content: bytes, name: OriginName) -> None:
    mark(frozen, content)
    assert find_origin(frozen, no_env) == name


def test_a_marker_that_cannot_be_read_is_no_permission_to_look(frozen: Installation) -> None:
    (frozen.resources / "install-origin").mkdir()
    assert find_origin(frozen, no_env) == "unknown"


def test_an_unmarked_frozen_app_was_built_by_hand(frozen: Installation) -> None:
    assert find_origin(frozen, no_env) == "source"


def test_a_checkout(installed: Installation, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    place = replace(installed, package=checkout / "codexbar_qt", resources=checkout / "resources")
    assert find_origin(place, no_env) == "source"


@pytest.mark.parametrize(
    ("variables", "executable", "name"),
    [
        ({"FLATPAK_ID": "io.github.codexbar_qt"}, "/app/bin/codexbar-qt", "flatpak"),
        ({"FLATPAK_ID": "com.example.Editor"}, "/home/user/app/codexbar-qt", "deb"),
        ({"SNAP": "/snap/codexbar-qt/7"}, "/snap/codexbar-qt/7/codexbar-qt", "snap"),
        ({"SNAP": "/snap/code/180"}, "/opt/codexbar-qt/codexbar-qt", "deb"),
        ({"APPIMAGE": "/home/user/C.AppImage", "APPDIR": "/tmp/.mount_C1"}, "/tmp/.mount_C1/usr/codexbar", "appimage"),
        ({"APPIMAGE": "/home/user/Other.AppImage", "APPDIR": "/tmp/.mount_O1"}, "/opt/codexbar-qt/codexbar-qt", "deb"),
        ({"APPDIR": "/tmp/.mount_C1"}, "/tmp/.mount_C1/usr/codexbar", "deb"),
        ({"APPIMAGE": "/home/user/Other.AppImage", "APPDIR": ""}, "/opt/codexbar-qt/codexbar-qt", "deb"),
    ],
)
def test_variables_count_only_when_they_are_about_this_program(
    frozen: Installation, variables: dict[str, str], executable: str, name: OriginName
) -> None:
    mark(frozen, b"deb")
    assert find_origin(replace(frozen, executable=Path(executable)), variables.get) == name


def test_the_appimage_that_this_program_runs_from() -> None:
    variables = {"APPIMAGE": "/home/user/C.AppImage", "APPDIR": "/tmp/.mount_C1"}
    assert own_appimage(Path("/tmp/.mount_C1/usr/codexbar"), variables.get) == "/home/user/C.AppImage"
    assert own_appimage(Path("/opt/codexbar"), variables.get) == ""


def test_a_package_of_windows(frozen: Installation) -> None:
    mark(frozen, b"inno")
    place = Path("C:/Program Files/WindowsApps/CodexBar_0.7.0.0_x64__8wekyb/codexbar-qt.exe")
    assert find_origin(replace(frozen, executable=place, platform="windows"), no_env) == "msix"
    assert find_origin(replace(frozen, executable=place, platform="linux"), no_env) == "inno"


def test_homebrew(frozen: Installation, installed: Installation) -> None:
    keg = Path("/opt/homebrew/Cellar/codexbar-qt/0.7.0/libexec")
    assert find_origin(replace(installed, prefix=keg, platform="macos"), no_env) == "homebrew"
    mac = replace(frozen, platform="macos")
    mark(mac, b"dmg")
    assert find_origin(mac, no_env) == "dmg"
    mac.caskrooms[0].mkdir(parents=True)
    assert find_origin(mac, no_env) == "homebrew"


@pytest.mark.parametrize(
    ("receipt", "name"), [("pipx_metadata.json", "pipx"), ("uv-receipt.toml", "uv"), ("", "python")]
)
def test_python_packages(installed: Installation, receipt: str, name: OriginName) -> None:
    if receipt:
        (installed.prefix / receipt).touch()
    assert find_origin(installed, no_env) == name


@pytest.mark.parametrize(
    ("package", "changes", "name"),
    [
        ("/usr/lib/python3/dist-packages/codexbar_qt", {}, "distribution"),
        ("/usr/lib64/python3.13/site-packages/codexbar_qt", {}, "distribution"),
        ("/nix/store/abc-codexbar/lib/python3.12/site-packages/codexbar_qt", {}, "distribution"),
        ("/usr/local/lib/python3.12/dist-packages/codexbar_qt", {}, "python"),
        ("/usr/lib/python3/dist-packages/codexbar_qt", {"platform": "macos"}, "python"),
    ],
)
def test_packages_of_a_distribution(
    installed: Installation, package: str, changes: dict[str, Any], name: OriginName
) -> None:
    place = replace(installed, package=Path(package), resources=Path(package) / "resources", **changes)
    assert find_origin(place, no_env) == name
