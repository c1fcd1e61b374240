"""The installer and the MSIX package of Windows agree with the app and with each other."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import defusedxml.ElementTree
import pytest
from PIL import Image

from codexbar_qt.adapters.desktop.autostart_plan import APPROVED_KEY, RUN_KEY, RUN_NAME, windows_command_line
from codexbar_qt.adapters.install_origin import MARKER
from codexbar_qt.core.ports import OriginName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NAMES = ("app_icon", "build_installer", "build_msix", "frozen_settings", "icon_files", "signing")
FOUNDATION = "{http://schemas.microsoft.com/appx/manifest/foundation/windows10}"
UAP5 = "{http://schemas.microsoft.com/appx/manifest/uap/windows10/5}"
DESKTOP = "{http://schemas.microsoft.com/appx/manifest/desktop/windows10}"
APP = "{app}\\codexbar-qt.exe"


@pytest.fixture
def scripts(repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the scripts, which import what lies beside them."""
    folder = repo_root / "packaging" / "windows"
    for inside in (folder, repo_root / "packaging" / "icons"):
        monkeypatch.syspath_prepend(str(inside))
    yield folder
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.fixture
def settings(scripts: Path) -> ModuleType:
    return importlib.import_module("frozen_settings")


@pytest.fixture
def signing(scripts: Path) -> ModuleType:
    return importlib.import_module("signing")


@pytest.fixture
def installer(scripts: Path) -> ModuleType:
    return importlib.import_module("build_installer")


@pytest.fixture
def msix(scripts: Path) -> ModuleType:
    return importlib.import_module("build_msix")


@pytest.fixture
def script(scripts: Path) -> str:
    """The script of the installer with its own definitions filled in."""
    text = (scripts / "codexbar.iss").read_text("utf-8")
    for name, value in re.findall(r'^#define (\w+) "(.*)"$', text, re.MULTILINE):
        text = text.replace(f"{{#{name}}}", value)
    return text


def section(script: str, name: str) -> str:
    """Return the lines of one section, without comments."""
    found = re.search(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", script, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return "\n".join(line for line in found[1].splitlines() if line and not line.startswith(";"))


def test_the_installer_never_elevates_and_is_always_the_same_app(script: str) -> None:
    setup = dict(line.split("=", 1) for line in section(script, "Setup").splitlines() if "=" in line)
    assert setup["AppId"] == "{{6B0F5D0E-2C0B-4C57-9F43-9B6E3C1D7A52}"
    assert setup["PrivilegesRequired"] == "lowest"
    assert "PrivilegesRequiredOverridesAllowed" not in setup
    assert setup["DefaultDirName"].startswith("{localappdata}\\")
    assert setup["UninstallDisplayIcon"] == APP


def test_start_at_login_is_what_the_app_itself_writes(script: str) -> None:
    wanted = windows_command_line([APP])
    line = next(line for line in section(script, "Registry").splitlines() if "ValueType: string" in line)
    fields = dict(part.strip().split(": ", 1) for part in line.split(";"))
    assert fields["Subkey"] == f'"{RUN_KEY}"'
    assert fields["ValueName"] == f'"{RUN_NAME}"'
    # The folder has a space in its name, so the app quotes the path; quotes are doubled in the script.
    assert fields["ValueData"] == f'"""{wanted}"""'
    assert f'Subkey: "{APPROVED_KEY}"' in section(script, "Registry")


def test_start_at_login_is_a_choice_of_the_first_installation_and_off(script: str) -> None:
    line = next(line for line in section(script, "Tasks").splitlines() if "startatlogin" in line)
    assert "Flags: unchecked" in line
    assert "Check: IsFirstInstall" in line


def test_removing_takes_the_start_at_login_along_and_asks_nothing(script: str) -> None:
    code = section(script, "Code")
    for key in (RUN_KEY, APPROVED_KEY):
        assert f"RegDeleteValue(HKCU, '{key}', '{RUN_NAME}')" in code
    assert "MsgBox" not in code
    for name in ("UninstallDelete", "InstallDelete"):
        assert set(re.findall(r'Name: "([^"]*)"', section(script, name))) <= {"{app}", "{app}\\_internal"}


def test_the_app_is_asked_to_quit_by_an_option_that_it_has(script: str) -> None:
    from codexbar_qt.__main__ import parse

    (option,) = re.findall(r"Exec\(.*?, '(--\w+)'", script)
    assert parse([option]).wish == "quit"


def test_the_compiler_is_told_all_that_the_script_asks_for(installer: ModuleType, script: str) -> None:
    told = {word[2:].partition("=")[0] for word in installer.arguments("1.2.3", "") if word.startswith("/D")}
    asked = set(re.findall(r"\{#(\w+)\}", script)) - {"SourcePath"}
    assert asked == told
    assert "/DFileVersion=1.2.3.0" in installer.arguments("1.2.3", "")


def test_the_compiler_signs_only_when_there_is_a_command(installer: ModuleType) -> None:
    assert not [word for word in installer.arguments("1.2.3", "") if word.startswith(("/DSign", "/S"))]
    words = installer.arguments("1.2.3", 'signtool sign /n "Example Ltd" $f')
    assert "/DSign" in words
    assert "/Scodexbar=signtool sign /n $qExample Ltd$q $f" in words


def test_without_a_command_nothing_is_signed_and_that_is_said(
    signing: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []
    signing.sign([Path("codexbar.exe")], signing.sign_command({}), ran.append)
    assert ran == []
    assert capsys.readouterr().out == "Not signed, for CODEXBAR_SIGN_COMMAND is not set: codexbar.exe\n"


def test_every_file_is_signed_by_itself(signing: ModuleType) -> None:
    ran: list[str] = []
    command = signing.sign_command({"CODEXBAR_SIGN_COMMAND": " tool sign $f "})
    signing.sign([Path("a b.exe"), Path("c.exe")], command, ran.append)
    assert ran == ['tool sign "a b.exe"', 'tool sign "c.exe"']


def test_a_command_without_a_place_for_the_file_is_refused(signing: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"has no \$f"):
        signing.sign_command({"CODEXBAR_SIGN_COMMAND": "signtool sign"})


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.2.3", (1, 2, 3, 0)), ("0.4", (0, 4, 0, 0)), ("2.0.0rc1", (2, 0, 0, 0)), ("1.2.3.4", (1, 2, 3, 0))],
)
def test_windows_gets_four_numbers(settings: ModuleType, version: str, numbers: tuple[int, ...]) -> None:
    assert settings.version_numbers(version) == numbers


@pytest.mark.parametrize("program", ["codexbar-qt", "codexbar"])
def test_the_version_resource_names_the_program(settings: ModuleType, program: str) -> None:
    texts = settings.version_texts(program, "1.2.3rc1")
    assert (texts["OriginalFilename"], texts["ProductVersion"]) == (f"{program}.exe", "1.2.3rc1")
    assert all(texts.values())


def test_the_icon_has_every_size_as_it_was_drawn(scripts: Path, repo_root: Path, tmp_path: Path) -> None:
    icons = importlib.import_module("icon_files")
    with Image.open(icons.write_ico(tmp_path / "a.ico")) as image:
        assert image.info["sizes"] == {(size, size) for size in icons.ICO_SIZES}
        for size in icons.ICO_SIZES:
            image.size = (size, size)  # type: ignore[misc]  # its ICO reader has a setter, which chooses the size
            with Image.open(repo_root / f"resources/icons/app/codexbar-qt-{size}.png") as drawn:
                assert image.convert("RGBA").tobytes() == drawn.convert("RGBA").tobytes(), size


def filled(msix: ModuleType, publisher: str = 'CN="Example & Co", C=DE') -> Any:
    text = msix.manifest("1.2.3rc1", publisher)
    assert re.findall(r'"@\w+@"', text) == []
    return defusedxml.ElementTree.fromstring(text)


def test_the_manifest_is_filled_in(msix: ModuleType) -> None:
    identity = filled(msix).find(f"{FOUNDATION}Identity").attrib
    assert identity["Version"] == "1.2.3.0"
    assert identity["Publisher"] == 'CN="Example & Co", C=DE'
    assert identity["ProcessorArchitecture"] == "x64"


def test_the_manifest_names_the_programs_that_are_built(msix: ModuleType, installer: ModuleType) -> None:
    package = filled(msix)
    assert {one.get("Executable") for one in package.iter() if one.get("Executable")} == set(installer.PROGRAMS)
    assert {one.get("Alias") for one in package.iter(f"{UAP5}ExecutionAlias")} == set(installer.PROGRAMS)


def test_the_package_starts_at_login_only_when_switched_on(msix: ModuleType) -> None:
    (task,) = filled(msix).iter(f"{DESKTOP}StartupTask")
    assert (task.get("TaskId"), task.get("Enabled")) == (RUN_NAME, "false")


def test_what_is_laid_out_for_the_package(msix: ModuleType, tmp_path: Path, qapp: object) -> None:
    frozen, staged = tmp_path / "frozen", tmp_path / "staged"
    (frozen / msix.ORIGIN).parent.mkdir(parents=True)
    (frozen / "codexbar.exe").write_bytes(b"program")
    staged.mkdir()
    (staged / "of_an_older_build.txt").touch()
    msix.stage(frozen, staged, "CN=Example")
    files = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    logos = {f"assets/{name}" for name in re.findall(r"assets\\([\w.-]+)", msix.MANIFEST.read_text("utf-8"))}
    assert files == {"codexbar.exe", msix.ORIGIN.as_posix(), "AppxManifest.xml"} | logos
    assert (staged / msix.ORIGIN).read_text("ascii").strip() in get_args(OriginName)
    for name, size in msix.LOGOS.items():
        with Image.open(staged / "assets" / name) as logo:
            assert logo.size == (size, size)


def test_what_is_installed_says_who_updates_it(msix: ModuleType, scripts: Path, script: str) -> None:
    assert (scripts / MARKER).read_text("ascii").strip() in get_args(OriginName)
    assert msix.ORIGIN.name == MARKER
    line = next(line for line in section(script, "Files").splitlines() if MARKER in line)
    assert f'DestDir: "{{app}}\\{msix.ORIGIN.parent.as_posix()}"'.replace("/", "\\") in line
