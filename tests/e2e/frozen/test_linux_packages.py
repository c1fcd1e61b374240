"""What is in the .deb and the .rpm: made by `make deb rpm`, and without them there is nothing to look at."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

FILES = {
    "/usr/bin/codexbar",
    "/usr/bin/codexbar-qt",
    "/usr/lib/codexbar-qt/codexbar",
    "/usr/lib/codexbar-qt/codexbar-qt",
    "/usr/lib/codexbar-qt/_internal/licenses.txt",
    "/usr/lib/codexbar-qt/_internal/codexbar_qt/resources/CHANGELOG.md",
    "/usr/lib/codexbar-qt/_internal/codexbar_qt/resources/install-origin",
    "/usr/share/applications/codexbar-qt.desktop",
    "/usr/share/metainfo/io.github.codexbar_qt.metainfo.xml",
    "/usr/share/icons/hicolor/scalable/apps/codexbar-qt.svg",
    *(f"/usr/share/icons/hicolor/{n}x{n}/apps/codexbar-qt.png" for n in (16, 22, 24, 32, 48, 64, 128, 256, 512)),
    *(f"/usr/share/man/man1/{program}.1.gz" for program in ("codexbar", "codexbar-qt")),
    *(f"/usr/share/bash-completion/completions/{program}" for program in ("codexbar", "codexbar-qt")),
    *(f"/usr/share/fish/vendor_completions.d/{program}.fish" for program in ("codexbar", "codexbar-qt")),
}
# Without one of these the platform plugins do not load, and a minimal system has none of them.
LIBRARIES = ("egl1", "gl1", "xcb-cursor0", "xkbcommon-x11-0", "fontconfig1", "dbus-1-3", "glib2.0-0", "wayland-client0")

OWN = ("libQt6", "libicu", "libpyside", "libssl", "libgtk", "libcrypt.so")


def said(*command: str | Path) -> str:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"needs {command[0]}; packaging/linux/package-tools.sh could not install it")
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def package(repo_root: Path, ending: str) -> Path:
    found = sorted((repo_root / "dist").glob(f"codexbar-qt*.{ending}"))
    if not found:
        pytest.skip(f"needs a package; make freeze {ending} makes it")
    return found[-1]


@pytest.fixture
def deb(repo_root: Path) -> Path:
    return package(repo_root, "deb")


@pytest.fixture
def rpm(repo_root: Path) -> Path:
    return package(repo_root, "rpm")


def test_deb_has_every_file_and_nothing_outside(deb: Path) -> None:
    listed = [line.split(None, 5)[5].partition(" -> ") for line in said("dpkg-deb", "--contents", deb).splitlines()]
    names = {name.removeprefix(".") for name, _, _ in listed}
    assert {*FILES, *(f"/usr/share/zsh/vendor-completions/_codexbar{end}" for end in ("", "-qt"))} - names == set()
    own = ("/usr/lib/codexbar-qt/", "/usr/bin/codexbar", "/usr/share/")
    folders = {name for name in names if name.endswith("/")}
    assert {name for name in names - folders if not name.startswith(own)} == set()
    links = {name.removeprefix("."): target for name, _, target in listed if target}
    assert links["/usr/bin/codexbar-qt"] == "../lib/codexbar-qt/codexbar-qt"
    assert not [name for name in names if "_internal/libssl" in name or "_internal/libX11" in name]
    assert [name for name in names if "_internal/libpython" in name]


def test_deb_asks_for_the_libraries_of_a_desktop_but_not_for_one(deb: Path) -> None:
    depends = said("dpkg-deb", "--field", deb, "Depends")
    assert [name for name in LIBRARIES if f"lib{name}" not in depends] == []
    assert "gtk" not in depends
    assert "ca-certificates" in depends
    assert "gtk" in said("dpkg-deb", "--field", deb, "Suggests")


def test_deb_runs_no_scripts(deb: Path, tmp_path: Path) -> None:
    said("dpkg-deb", "--control", deb, tmp_path / "control")
    assert {path.name for path in (tmp_path / "control").iterdir()} == {"control", "md5sums"}


def test_lintian_finds_nothing(deb: Path) -> None:
    assert said("lintian", "--allow-root", "--fail-on", "error,warning", deb) == ""


def test_rpm_has_every_file(rpm: Path) -> None:
    names = set(said("rpm", "-qpl", rpm).splitlines())
    assert {*FILES, *(f"/usr/share/zsh/site-functions/_codexbar{end}" for end in ("", "-qt"))} - names == set()


def test_rpm_asks_for_nothing_that_it_has_itself(rpm: Path) -> None:
    needs = said("rpm", "-qp", "--requires", rpm)
    assert "libX11.so.6" in needs
    assert [name for name in OWN if name in needs] == []
    assert [name for name in said("rpm", "-qp", "--provides", rpm).splitlines() if ".so" in name] == []


def test_rpmlint_finds_nothing(rpm: Path, repo_root: Path) -> None:
    assert "0 errors, 0 warnings" in said("rpmlint", "-c", repo_root / "packaging" / "linux" / "rpmlint.toml", rpm)
