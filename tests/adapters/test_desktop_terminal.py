"""A terminal for the person: which one, with which words, and that nothing ties it to the app."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.desktop import terminal as terminal_module
from codexbar_qt.adapters.desktop.terminal import TerminalStart, open_terminal, start_detached, terminals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import Platform

posix = pytest.mark.skipif(os.name != "posix", reason="programs without an extension")
ON_SCREEN = {"DISPLAY": ":0"}
ODD_WORDS = ("/opt/bin/tool", "two words", "$HOME", "a'b\"c", "--scopes=x,y", "; rm -rf", "")


class Machine:
    """Programs that are installed, and what was started; those in `broken` end with a failure."""

    def __init__(self, *installed: str, broken: tuple[str, ...] = ()) -> None:
        self._installed = {Path(name).name: name for name in installed}
        self._broken = broken
        self.started: list[TerminalStart] = []

    async def find(self, name: str) -> str | None:
        return self._installed.get(name)

    async def spawn(self, start: TerminalStart) -> bool:
        self.started.append(start)
        return Path(start.argv[0]).name not in self._broken


async def opened(machine: Machine, environ: Mapping[str, str] = ON_SCREEN) -> bool:
    return await open_terminal(ODD_WORDS, platform="linux", find=machine.find, spawn=machine.spawn, environ=environ)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("xdg-terminal-exec", ()),
        ("x-terminal-emulator", ("-e",)),
        ("gnome-terminal", ("--",)),
        ("konsole", ("-e",)),
        ("xfce4-terminal", ("-x",)),
        ("kitty", ()),
        ("alacritty", ("-e",)),
        ("wezterm", ("start", "--")),
        ("xterm", ("-e",)),
    ],
)
async def test_each_terminal_gets_the_words_apart(name: str, words: tuple[str, ...]) -> None:
    machine = Machine(f"/usr/bin/{name}")
    assert await opened(machine)
    (start,) = machine.started
    head, shell = start.argv[: 1 + len(words)], start.argv[1 + len(words) :]
    assert head == (f"/usr/bin/{name}", *words)
    assert shell[:2] == ("/bin/sh", "-c")
    assert "tool" not in shell[2]
    assert shell[4:] == ODD_WORDS
    assert not start.new_console


@posix
def test_the_script_in_the_window_hands_the_words_on_and_waits(tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    tool.chmod(0o700)
    command = ["/bin/sh", "-c", terminal_module._STAY_OPEN, "/bin/sh", str(tool), *ODD_WORDS[1:]]
    done = subprocess.run(command, input="\n", capture_output=True, text=True, check=False)
    assert done.stdout == f"{list(ODD_WORDS[1:])}\n\nPress Enter to close this window. "
    assert done.returncode == 0


async def test_the_next_terminal_is_tried_when_one_fails() -> None:
    machine = Machine("/usr/bin/konsole", "/usr/bin/xterm", broken=("konsole",))
    assert await opened(machine)
    assert [Path(start.argv[0]).name for start in machine.started] == ["konsole", "xterm"]


async def test_without_a_terminal_nothing_opens() -> None:
    assert not await opened(Machine())
    machine = Machine("/usr/bin/xterm", broken=("xterm",))
    assert not await opened(machine)


async def test_without_a_display_nothing_is_tried() -> None:
    machine = Machine("/usr/bin/xterm")
    assert not await opened(machine, {})
    assert machine.started == []
    assert await opened(machine, {"WAYLAND_DISPLAY": "wayland-0"})


@pytest.mark.parametrize(
    ("desktop", "first"),
    [("ubuntu:GNOME", "ptyxis"), ("KDE", "konsole"), ("XFCE", "xfce4-terminal"), ("MATE", "mate-terminal")],
)
def test_the_desktops_own_terminal_comes_after_the_chosen_one(desktop: str, first: str) -> None:
    names = terminals_of({"XDG_CURRENT_DESKTOP": desktop})
    assert names[:3] == ("xdg-terminal-exec", "x-terminal-emulator", first)
    assert len(names) == len(set(names))
    assert set(names) == set(terminals_of({}))


@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
async def test_a_bare_name_is_looked_up(platform: Platform) -> None:
    machine = Machine()
    argv = ["no-such-tool"]
    assert not await open_terminal(argv, platform=platform, find=machine.find, spawn=machine.spawn, environ=ON_SCREEN)
    assert not await open_terminal([], platform=platform, find=machine.find, spawn=machine.spawn)
    assert not await open_terminal(["/bin/a\0b"], platform=platform, find=machine.find, spawn=machine.spawn)
    assert machine.started == []


async def test_windows_gives_the_program_a_console() -> None:
    machine = Machine("C:\\sdk\\gcloud.cmd")
    argv = ("C:\\sdk\\gcloud.cmd", "auth", "--scopes=openid,https://www.example.com/auth/email")
    assert await open_terminal(argv, platform="windows", find=machine.find, spawn=machine.spawn)
    assert machine.started == [TerminalStart(argv, new_console=True)]


async def test_windows_refuses_what_a_batch_file_would_interpret(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    argv = ("C:\\sdk\\gcloud.cmd", "a & calc")
    assert not await open_terminal(argv, platform="windows", find=machine.find, spawn=machine.spawn)
    assert machine.started == []
    assert "calc" not in caplog.text
    assert "not safe for a batch file" in caplog.text


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class Terminal:
    """Terminal.app: runs the script it is given as a program, or leaves it lying."""

    def __init__(self, *, runs: bool = True, opens: bool = True) -> None:
        self._runs, self._opens = runs, opens
        self.scripts: list[Path] = []
        self.modes: list[int] = []
        self.output = ""

    async def find(self, name: str) -> str | None:
        return f"/usr/bin/{name}"

    async def spawn(self, start: TerminalStart) -> bool:
        assert start.argv[:3] == ("/usr/bin/open", "-a", "Terminal")
        script = Path(start.argv[3])
        self.scripts.append(script)
        self.modes += [mode_of(script), mode_of(script.parent)]
        if self._runs and self._opens:
            process = await asyncio.create_subprocess_exec(script, stdout=asyncio.subprocess.PIPE)
            self.output = (await process.communicate())[0].decode()
        return self._opens


@posix
async def test_macos_runs_a_private_script_that_removes_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = Terminal()
    argv = [sys.executable, "-c", "import sys; print(sys.argv[1:])", *ODD_WORDS]
    assert await open_terminal(argv, platform="macos", find=app.find, spawn=app.spawn)
    assert app.output == f"{list(ODD_WORDS)}\n"
    assert app.scripts[0].suffix == ".command"
    assert app.modes == [0o700, 0o700]
    assert names_in(tmp_path) == []


@posix
@pytest.mark.parametrize("app", [Terminal(opens=False), Terminal(runs=False)], ids=["not opened", "not run"])
async def test_macos_leaves_no_script_behind(app: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(terminal_module, "COMMAND_FILE_SECONDS", 0.2)
    assert not await open_terminal(["/bin/true"], platform="macos", find=app.find, spawn=app.spawn)
    assert len(app.scripts) == 1
    assert names_in(tmp_path) == []


@posix
async def test_macos_without_a_place_for_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    app = Terminal()
    assert not await open_terminal(["/bin/true"], platform="macos", find=app.find, spawn=app.spawn)
    assert app.scripts == []
    assert "could not be written" in caplog.text


REPORT = """
import json, os, sys, time
facts = {
    "pid": os.getpid(), "session": os.getsid(0), "cwd": os.getcwd(), "environment": dict(os.environ),
    "open": [os.readlink(f"/proc/self/fd/{fd}") for fd in (0, 1, 2)] if os.path.isdir("/proc/self/fd") else None,
}
with open(sys.argv[1] + ".new", "w") as file:
    json.dump(facts, file)
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
"""


@posix
async def test_what_is_started_is_on_its_own(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEXBAR_DASHBOARD_TOKEN", "test-token-1")
    monkeypatch.setenv("DISPLAY", ":7")
    told = tmp_path / "facts.json"
    assert await start_detached(TerminalStart((sys.executable, "-c", REPORT, str(told))))
    for _ in range(200):
        if told.exists():
            break
        await asyncio.sleep(0.05)
    facts = json.loads(told.read_text())
    try:
        assert facts["session"] == facts["pid"] != os.getsid(0)
        assert facts["cwd"].endswith(home.name)
        assert facts["open"] in (None, ["/dev/null"] * 3)
        assert "CODEXBAR_DASHBOARD_TOKEN" not in facts["environment"]
        assert facts["environment"]["DISPLAY"] == ":7"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(facts["pid"], signal.SIGKILL)


@posix
@pytest.mark.parametrize(("script", "started"), [("exit 0", True), ("exit 1", False)])
async def test_a_program_that_ends_at_once_is_judged_by_its_status(script: str, started: bool) -> None:
    assert await start_detached(TerminalStart(("/bin/sh", "-c", script))) is started


async def test_a_program_that_is_not_there_is_not_started(tmp_path: Path) -> None:
    assert not await start_detached(TerminalStart((str(tmp_path / "gone"),)))


async def test_a_console_asks_windows_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, object]] = []

    class Started:
        def __init__(self, argv: tuple[str, ...], **options: object) -> None:
            seen.append({"argv": argv, **options})

        def wait(self, timeout: float | None = None) -> int:
            assert timeout is None, "a console is not waited for"
            return 1

    monkeypatch.setattr(subprocess, "Popen", Started)
    assert await start_detached(TerminalStart(("C:\\sdk\\gcloud.cmd", "auth"), new_console=True))
    (options,) = seen
    assert options["creationflags"] == 0x10
    assert not {"stdin", "stdout", "stderr", "shell"} & set(options)
