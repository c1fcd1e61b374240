"""Where programs are found, with a made-up login shell."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters import process_lookup
from codexbar_qt.adapters.environment import ProcessEnv
from codexbar_qt.adapters.process_lookup import find_program, parse_answers, program_extensions, registry_path
from codexbar_qt.adapters.process_runner import SupervisedRunner
from codexbar_qt.provider_api import Command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeTool = Callable[[str], str]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="login shells are POSIX")


@pytest.fixture
def tool(tmp_path: Path) -> MakeTool:
    """Put an executable into a folder of the test; its path is returned."""

    def make(place: str) -> str:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\nexit 0\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def make_runner(tmp_path: Path, home: Path) -> Callable[..., SupervisedRunner]:
    """Make a runner whose login shell runs a text with PATH and the question as its last argument."""

    def make(shell_text: str = "exit 1", **environ: str) -> SupervisedRunner:
        shell = tmp_path / "shell"
        shell.write_text(f'#!/bin/sh\necho "$*" >>"{tmp_path}/asked"\n{shell_text}\n')
        shell.chmod(0o755)
        given = {"PATH": "/usr/bin:/bin", "SHELL": str(shell), **environ}
        return SupervisedRunner(ProcessEnv(given), home=str(home), environ=given)

    return make


ANSWER = 'while [ $# -gt 1 ]; do shift; done; PATH="{path}:$PATH"; eval "$1"'


async def test_login_shell_path_comes_before_ours(
    make_runner: Callable[..., SupervisedRunner], tool: MakeTool, tmp_path: Path
) -> None:
    wanted, ours = tool("login/some-tool"), tool("own/some-tool")
    runner = make_runner(ANSWER.format(path=tmp_path / "login"), PATH=f"{tmp_path}/own:/usr/bin:/bin")
    assert await runner.find("some-tool") == wanted
    assert ours != wanted
    result = await runner.run(Command(("/bin/sh", "-c", 'echo "$PATH"'), 5))
    assert result.stdout == f"{tmp_path}/login:{tmp_path}/own:/usr/bin:/bin\n"


async def test_the_shell_is_asked_once(make_runner: Callable[..., SupervisedRunner], tmp_path: Path) -> None:
    runner = make_runner(ANSWER.format(path=tmp_path))
    await asyncio.gather(*(runner.find("some-tool") for _ in range(3)))
    await runner.find("some-tool")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert sorted(line.split(" -c ")[0] for line in asked) == ["-l", "-l -i"]


async def test_a_shell_that_prints_and_fails_is_no_obstacle(
    make_runner: Callable[..., SupervisedRunner], tool: MakeTool, tmp_path: Path
) -> None:
    wanted = tool("login/some-tool")
    noisy = f"echo Welcome; echo PATH=/wrong; {ANSWER.format(path=tmp_path / 'login')}; echo Bye; exit 9"
    assert await make_runner(noisy).find("some-tool") == wanted
    (tmp_path / "own").mkdir()
    ours = tool("own/some-tool")
    assert await make_runner("exit 9", PATH=f"{tmp_path}/own").find("some-tool") == ours


async def test_a_shell_that_hangs_is_left(
    make_runner: Callable[..., SupervisedRunner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_lookup, "SHELL_LIMIT_SECONDS", 0.3)
    assert await asyncio.wait_for(make_runner("sleep 60").find("sh"), 10) in {"/usr/bin/sh", "/bin/sh"}


@pytest.mark.parametrize("shell", ["", "relative/sh", "/bin/false", "/usr/bin/tcsh", "/no/such/shell"])
async def test_no_shell_to_ask(make_runner: Callable[..., SupervisedRunner], tmp_path: Path, shell: str) -> None:
    runner = make_runner("", SHELL=shell or "/usr/sbin/nologin")
    assert await runner.find("sh") in {"/usr/bin/sh", "/bin/sh"}
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("shell", ["/bin/bash", "/bin/sh"])
@pytest.mark.skipif(not os.path.exists("/bin/bash"), reason="needs bash")  # noqa: PTH110
async def test_real_shells(
    make_runner: Callable[..., SupervisedRunner], tool: MakeTool, home: Path, tmp_path: Path, shell: str
) -> None:
    in_path, aliased = tool("login/some-tool"), tool("apps/other")
    (home / ".profile").write_text(f'PATH="$PATH:{tmp_path}/login"\nalias other-tool="{aliased}"\necho hello\n')
    runner = make_runner("", SHELL=shell, HOME=str(home))
    assert await runner.find("some-tool") == in_path
    assert await runner.find("other-tool") == aliased


async def test_variable_wins_when_it_names_a_program(
    make_runner: Callable[..., SupervisedRunner], tool: MakeTool, home: Path, tmp_path: Path
) -> None:
    named, in_path = tool("named/t"), tool("own/some-tool")
    path = f"{tmp_path}/own"
    assert await make_runner(SOME_PATH=f' "{named}" ', PATH=path).find("some-tool", env="SOME_PATH") == named
    (home / "t").symlink_to(named)
    assert await make_runner(SOME_PATH="~/t", PATH=path).find("some-tool", env="SOME_PATH") == f"{home}/t"
    for wrong in (str(tmp_path), f"{tmp_path}/missing", "own/some-tool", ""):
        assert await make_runner(SOME_PATH=wrong, PATH=path).find("some-tool", env="SOME_PATH") == in_path


async def test_known_places_come_last_and_missing_is_not_remembered(
    make_runner: Callable[..., SupervisedRunner], tool: MakeTool, home: Path, tmp_path: Path
) -> None:
    runner = make_runner(PATH=str(tmp_path / "own"))
    places = ("~/.local/bin/some-tool", "/no/such/some-tool")
    assert await runner.find("some-tool", extra=places) is None
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/some-tool").symlink_to(tool("real"))
    assert await runner.find("some-tool", extra=places) == f"{home}/.local/bin/some-tool"
    in_path = tool("own/some-tool")
    assert await runner.find("some-tool", extra=places) == in_path


async def test_only_executable_files_of_absolute_folders(
    make_runner: Callable[..., SupervisedRunner], tool: MakeTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tool("some-tool")
    (tmp_path / "folder/some-tool").mkdir(parents=True)
    plain = tmp_path / "plain/some-tool"
    plain.parent.mkdir()
    plain.write_text("no program")
    path = f":.:{tmp_path}/folder:{tmp_path}/plain"
    assert await make_runner(PATH=path).find("some-tool") is None


def test_aliases_of_several_shells() -> None:
    mark = process_lookup._MARK
    bash = f"noise{mark}/a:/b:.:{mark}alias x='/opt/x y'\nalias kiro='/opt/My\\ Apps/kiro'\n{mark}"
    zsh = f"{mark}/b:/c{mark}kiro=/other\nq='\"/opt/q q\"'\nbroken='\nls='ls --color'\nalias f /opt/f\n{mark}tail"
    facts = parse_answers([bash, "no marks", zsh])
    assert facts.path == ("/a", "/b", "/c")
    assert dict(facts.aliases) == {"kiro": "/opt/My Apps/kiro", "q": "/opt/q q", "f": "/opt/f"}


def test_windows_endings(tool: MakeTool, tmp_path: Path) -> None:
    wanted = tool("bin/some-tool.cmd")
    tool("bin/some-tool")
    endings = program_extensions("windows", {"PATHEXT": ".COM;.EXE;.CMD;;odd"})
    assert endings == (".com", ".exe", ".cmd")
    assert program_extensions("windows", {}) == (".com", ".exe", ".bat", ".cmd")
    assert program_extensions("linux", {"PATHEXT": ".EXE"}) == ("",)
    folder = [str(tmp_path / "bin")]
    for name in ("some-tool", "some-tool.cmd"):
        found = find_program(name, directories=folder, aliases={}, extra=(), extensions=endings)
        assert found == wanted


def test_registry_path() -> None:
    values = {"machine": r"C:\Windows;;C:\Tools", "user": r"C:\Users\user\bin"}
    assert registry_path(values.__getitem__) == (r"C:\Windows", r"C:\Tools", r"C:\Users\user\bin")
    assert registry_path(lambda _: "") == ()
