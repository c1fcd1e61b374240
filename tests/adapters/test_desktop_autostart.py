"""Start at login: what stands where, and what happens when it cannot."""

from __future__ import annotations

import configparser
import plistlib
import re
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.desktop.autostart import Autostart, StartupTask, WindowsRegistry
from codexbar_qt.adapters.desktop.autostart_plan import (
    APPROVED_KEY,
    RUN_KEY,
    AutostartFile,
    AutostartValue,
    LoginFolders,
    autostart_plan,
    desktop_entry,
    is_agent_active,
    is_entry_active,
    launch_command,
    windows_command_line,
)

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = ("/opt/codexbar/codexbar-qt",)


@pytest.fixture
def folders(tmp_path: Path) -> LoginFolders:
    return LoginFolders(tmp_path, tmp_path / ".config")


def file_plan(platform: Any, folders: LoginFolders) -> AutostartFile:
    plan = autostart_plan(platform, COMMAND, folders)
    assert isinstance(plan, AutostartFile)
    return plan


def test_desktop_file(folders: LoginFolders) -> None:
    plan = file_plan("linux", folders)
    assert plan.path == folders.config / "autostart" / "codexbar-qt.desktop"
    parser = configparser.RawConfigParser()
    parser.read_string(plan.content.decode())
    entry = parser["Desktop Entry"]
    assert (entry["type"], entry["exec"], entry["terminal"]) == ("Application", "/opt/codexbar/codexbar-qt", "false")


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/opt/code bar/run", '"/opt/code bar/run"'),
        ("50%", "50%%"),
        ('a"b', '"a\\\\"b"'),
        ("$HOME", '"\\\\$HOME"'),
        ("a\\b", '"a\\\\\\\\b"'),
        ("`id`", '"\\\\`id\\\\`"'),
        ("", '""'),
        ("a;b", '"a;b"'),
        ("/home/\u00e9/x", "/home/\u00e9/x"),
    ],
)
def test_exec_quoting(word: str, written: str) -> None:
    line = next(line for line in desktop_entry((word,)).decode().splitlines() if line.startswith("Exec="))
    assert line == f"Exec={written}"


def test_an_app_that_was_removed_is_not_asked_for() -> None:
    lines = desktop_entry((r"/opt/code bar/a\b", "-m", "x")).decode().splitlines()
    assert [line for line in lines if line.startswith("TryExec=")] == [r"TryExec=/opt/code bar/a\\b"]


@pytest.mark.parametrize("word", ["plain", "with space", 'quo"te', "back\\slash", "dol$lar", "tick`", "two  spaces"])
def test_exec_reads_back(word: str) -> None:
    line = next(line for line in desktop_entry((word, "end")).decode().splitlines() if line.startswith("Exec="))
    value = line.removeprefix("Exec=").replace("\\\\", "\\").removesuffix(" end")
    unquoted = re.sub(r'\\(["`$\\])', r"\1", value[1:-1]) if value.startswith('"') else value
    assert unquoted == word


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("[Desktop Entry]\nExec=x\n", True),
        ("[Desktop Entry]\nExec=x\nHidden=true\n", False),
        ("[Desktop Entry]\nExec=x\nHidden = True\n", False),
        ("[Desktop Entry]\nX-GNOME-Autostart-enabled=false\n", False),
        ("[Desktop Entry]\nHidden=false\n[Desktop Action x]\nHidden=true\n", True),
        ("", False),
        ("\0\0", False),
    ],
)
def test_switched_off_by_the_desktop(text: str, active: bool) -> None:
    assert is_entry_active(text.encode()) is active


def test_launch_agent(folders: LoginFolders) -> None:
    plan = file_plan("macos", folders)
    assert plan.path.parent == folders.home / "Library" / "LaunchAgents"
    agent = plistlib.loads(plan.content)
    assert agent["ProgramArguments"] == list(COMMAND)
    assert agent["RunAtLoad"] is True and agent["Label"] == plan.path.stem


@pytest.mark.parametrize(
    "content", [b"", b"junk", plistlib.dumps({"RunAtLoad": True, "Disabled": True}), plistlib.dumps([])]
)
def test_inactive_agents(content: bytes) -> None:
    assert not is_agent_active(content)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ((r"C:\CodexBar\codexbar-qt.exe",), r"C:\CodexBar\codexbar-qt.exe"),
        ((r"C:\Program Files\CodexBar\codexbar-qt.exe", "-m"), r'"C:\Program Files\CodexBar\codexbar-qt.exe" -m'),
        (('say "hi"',), r'"say \"hi\""'),
        (("C:\\with space\\",), '"C:\\with space\\\\"'),
        (("",), '""'),
    ],
)
def test_windows_command_line(command: tuple[str, ...], line: str) -> None:
    assert windows_command_line(command) == line


@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_file_on_and_off(platform: Any, folders: LoginFolders) -> None:
    plan = file_plan(platform, folders)
    autostart = Autostart(plan)
    assert not autostart.is_on()
    assert autostart.set_on(False) == ""
    assert autostart.set_on(True) == ""
    assert autostart.is_on()
    assert plan.path.read_bytes() == plan.content
    assert [path.name for path in plan.path.parent.iterdir()] == [plan.path.name]
    assert autostart.set_on(True) == ""
    assert autostart.set_on(False) == ""
    assert not autostart.is_on() and not plan.path.exists()


def test_entry_that_the_desktop_switched_off_is_off(folders: LoginFolders) -> None:
    plan = file_plan("linux", folders)
    autostart = Autostart(plan)
    autostart.set_on(True)
    plan.path.write_bytes(plan.content + b"Hidden=true\n")
    assert not autostart.is_on()
    autostart.set_on(True)
    assert autostart.is_on()


def test_linked_file_stays_a_link(folders: LoginFolders, tmp_path: Path) -> None:
    plan = file_plan("linux", folders)
    kept = tmp_path / "kept.desktop"
    kept.write_bytes(b"")
    plan.path.parent.mkdir(parents=True)
    plan.path.symlink_to(kept)
    assert Autostart(plan).set_on(True) == ""
    assert plan.path.is_symlink() and kept.read_bytes() == plan.content


def older(folders: LoginFolders, platform: Any) -> AutostartFile:
    """What an older build, which was somewhere else, has left."""
    plan = autostart_plan(platform, ("/home/u/old build/codexbar-qt", "-m"), folders)
    assert isinstance(plan, AutostartFile)
    return plan


@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_the_entry_of_an_older_build_starts_the_present_one(platform: Any, folders: LoginFolders) -> None:
    plan = file_plan(platform, folders)
    Autostart(older(folders, platform)).set_on(True)
    Autostart(plan).renew()
    assert plan.path.read_bytes() == plan.content
    before = plan.path.stat().st_ino
    Autostart(plan).renew()
    assert plan.path.stat().st_ino == before


@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_renewing_switches_nothing_on(platform: Any, folders: LoginFolders) -> None:
    plan = file_plan(platform, folders)
    Autostart(plan).renew()
    assert not plan.path.exists() and not plan.path.parent.exists()


def test_renewing_keeps_what_others_have_written(folders: LoginFolders) -> None:
    plan = file_plan("linux", folders)
    Autostart(plan).set_on(True)
    added = b"X-GNOME-Autostart-Delay=5\nHidden=true\n[Desktop Action x]\nExec=other\n"
    plan.path.write_bytes(older(folders, "linux").content + added)
    Autostart(plan).renew()
    assert plan.path.read_bytes() == plan.content + added
    assert not Autostart(plan).is_on()
    mac = file_plan("macos", folders)
    mac.path.parent.mkdir(parents=True)
    stored = {**plistlib.loads(older(folders, "macos").content), "Disabled": True, "Nice": 5}
    mac.path.write_bytes(plistlib.dumps(stored))
    Autostart(mac).renew()
    assert plistlib.loads(mac.path.read_bytes()) == {**stored, "ProgramArguments": list(COMMAND)}


@pytest.mark.parametrize("content", [b"", b"junk", b"\xff\n[Desktop Entry]\nName=x", plistlib.dumps([]), b"x" * 70_000])
@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_renewing_leaves_other_files_alone(platform: Any, folders: LoginFolders, content: bytes) -> None:
    plan = file_plan(platform, folders)
    plan.path.parent.mkdir(parents=True)
    plan.path.write_bytes(content)
    Autostart(plan).renew()
    assert plan.path.read_bytes() == content


def test_renewing_where_nothing_can_be_written(folders: LoginFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = file_plan("linux", folders)
    Autostart(older(folders, "linux")).set_on(True)
    before = plan.path.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.replace", refuse)
    Autostart(plan).renew()
    assert plan.path.read_bytes() == before


def test_renewing_the_run_key(folders: LoginFolders) -> None:
    plan = autostart_plan("windows", (r"C:\New\codexbar-qt.exe",), folders)
    registry = Registry()
    Autostart(plan, registry).renew()
    assert registry.values == {}
    registry.values = {(RUN_KEY, "CodexBarQt"): r"C:\Old\codexbar-qt.exe", (APPROVED_KEY, "CodexBarQt"): b"\x03"}
    Autostart(plan, registry).renew()
    assert registry.values == {
        (RUN_KEY, "CodexBarQt"): r"C:\New\codexbar-qt.exe",
        (APPROVED_KEY, "CodexBarQt"): b"\x03",
    }
    assert not Autostart(plan, registry).is_on()


def test_place_that_cannot_be_written(folders: LoginFolders, tmp_path: Path) -> None:
    plan = file_plan("linux", folders)
    plan.path.parent.parent.mkdir()
    plan.path.parent.write_text("a file where a folder should be")
    sentence = Autostart(plan).set_on(True)
    assert sentence.startswith("Start at login could not be switched on. Check that ")
    assert not Autostart(plan).is_on()


def test_failed_replacement_leaves_nothing_behind(folders: LoginFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = file_plan("linux", folders)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.replace", refuse)
    assert Autostart(plan).set_on(True) != ""
    assert list(plan.path.parent.iterdir()) == []


class Registry:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}

    def read(self, key: str, name: str) -> str | bytes | None:
        return self.values.get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self.values[key, name] = text

    def remove(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


def test_run_key(folders: LoginFolders) -> None:
    plan = autostart_plan("windows", (r"C:\Program Files\codexbar-qt.exe",), folders)
    assert plan == AutostartValue(RUN_KEY, "CodexBarQt", r'"C:\Program Files\codexbar-qt.exe"')
    registry = Registry()
    autostart = Autostart(plan, registry)
    assert not autostart.is_on()
    assert autostart.set_on(True) == ""
    assert registry.values == {(RUN_KEY, "CodexBarQt"): r'"C:\Program Files\codexbar-qt.exe"'}
    assert autostart.is_on()
    registry.values[APPROVED_KEY, "CodexBarQt"] = b"\x03\0\0\0"
    assert not autostart.is_on()
    autostart.set_on(True)
    assert autostart.is_on()
    registry.values[APPROVED_KEY, "CodexBarQt"] = b"\x02\0\0\0"
    assert autostart.is_on()
    autostart.set_on(False)
    assert registry.values == {}


def test_registry_that_refuses(folders: LoginFolders) -> None:
    class Refusing(Registry):
        def remove(self, key: str, name: str) -> None:
            raise PermissionError

    plan = AutostartValue(RUN_KEY, "CodexBarQt", "x")
    assert "your part of the registry" in Autostart(plan, Refusing()).set_on(False)


def test_registry_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of Windows, as far as it is used, over a dictionary."""
    stored: dict[tuple[str, str], str] = {}

    class Opened:
        def __init__(self, key: str) -> None:
            self.key = key

        def __enter__(self) -> Opened:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    def open_key(root: str, key: str, *_: object) -> Opened:
        if not any(known == key for known, _name in stored):
            raise FileNotFoundError
        return Opened(key)

    def query(opened: Opened, name: str) -> tuple[str, int]:
        if (opened.key, name) not in stored:
            raise FileNotFoundError
        return stored[opened.key, name], 1

    module = ModuleType("winreg")
    vars(module).update(
        vars(
            SimpleNamespace(
                HKEY_CURRENT_USER="HKCU",
                KEY_SET_VALUE=2,
                REG_SZ=1,
                OpenKey=open_key,
                CreateKey=lambda _root, key: Opened(key),
                QueryValueEx=query,
                SetValueEx=lambda opened, name, _zero, _kind, text: stored.update({(opened.key, name): text}),
                DeleteValue=lambda opened, name: stored.pop((opened.key, name)),
            )
        )
    )
    monkeypatch.setitem(__import__("sys").modules, "winreg", module)
    registry = WindowsRegistry()
    assert registry.read("k", "n") is None
    registry.remove("k", "n")
    registry.write("k", "n", "text")
    assert registry.read("k", "n") == "text"
    assert registry.read("k", "other") is None
    registry.remove("k", "n")
    assert stored == {}


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({"frozen": True}, ("{}/python",)),
        ({"frozen": True, "appimage": "/home/u/CodexBar.AppImage"}, ("/home/u/CodexBar.AppImage",)),
        ({"frozen": False}, ("{}/python", "-m", "codexbar_qt")),
    ],
)
def test_launch_command(tmp_path: Path, options: dict[str, Any], command: tuple[str, ...]) -> None:
    expected = tuple(word.format(tmp_path) for word in command)
    assert launch_command(tmp_path / "python", **options) == expected


def test_launch_command_prefers_the_script(tmp_path: Path) -> None:
    (tmp_path / "codexbar-qt").write_text("")
    assert launch_command(tmp_path / "python", frozen=False) == (str(tmp_path / "codexbar-qt"),)


@pytest.mark.parametrize(("on", "told"), [(True, "Switch it on"), (False, "Switch it off")])
def test_a_package_of_windows_says_where_it_is_switched(on: bool, told: str) -> None:
    task = StartupTask()
    task.renew()
    assert told in task.set_on(on)
    assert not task.is_on()
