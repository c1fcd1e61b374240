"""The processes of this machine: real ones, some of which listen on loopback ports."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from codexbar_qt.adapters import process_table
from codexbar_qt.adapters.process_table import SystemProcessTable
from codexbar_qt.provider_api import ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., "Program"]
    Script = Callable[[str], str]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs of these tests are POSIX scripts")

PYTHON = os.path.realpath(sys.executable)

# Opens what each line of its input asks for and answers with a line; the sockets stay open until it is killed.
OPENER = """
import json, os, socket, subprocess, sys
kept = []
def listener(family, address):
    made = socket.socket(family)
    made.bind((address, 0)); made.listen(); kept.append(made)
    return made.getsockname()[1]
for line in sys.stdin:
    word, port = line.split()[0], None
    if word == "listen":
        port = listener(socket.AF_INET, "127.0.0.1")
    elif word == "listen6":
        port = listener(socket.AF_INET6, "::1")
    elif word == "both":
        made = socket.socket(socket.AF_INET6)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(("::", 0)); made.listen(); kept.append(made)
        port = made.getsockname()[1]
        other = socket.socket(); other.bind(("0.0.0.0", port)); other.listen(); kept.append(other)
    elif word == "connect":
        kept.append(socket.create_connection(("127.0.0.1", int(line.split()[1]))))
        port = kept[-1].getsockname()[1]
    elif word == "udp":
        made = socket.socket(type=socket.SOCK_DGRAM); made.bind(("127.0.0.1", 0)); kept.append(made)
        port = made.getsockname()[1]
    elif word == "child":
        kept.append(subprocess.Popen([sys.executable, "-IS", *sys.argv], stdin=subprocess.PIPE))
        port = kept[-1].pid
    print(json.dumps(port), flush=True)
"""


class Program:
    """A running opener."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def ask(self, wish: str) -> int:
        """Let it open something; gives the port, or the id of a child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{wish}\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()) or 0)

    def end(self) -> None:
        """Kill it, its children first."""
        if self._process.returncode is None:
            for child in psutil.Process(self.pid).children(recursive=True):
                child.kill()
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def word() -> str:
    """An argument that only the programs of this test carry."""
    return f"mark-{uuid.uuid4().hex}"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start an opener with these arguments, directly or through a wrapper in front of it."""
    path = tmp_path / "opener.py"
    path.write_text(OPENER)
    programs: list[Program] = []

    def run(*words: str, wrapper: str | None = None) -> Program:
        front = [wrapper] if wrapper else []
        argv = [*front, sys.executable, "-IS", str(path), *words]
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        programs.append(Program(process))
        return programs[-1]

    yield run
    for program in programs:
        program.end()


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Make an executable of a shell text; its path is returned."""

    def make(text: str) -> str:
        path = tmp_path / f"tool-{uuid.uuid4().hex[:6]}"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def table() -> SystemProcessTable:
    """A table as the app has it."""
    return SystemProcessTable(platform="linux")


async def test_finds_by_the_whole_command_line(table: SystemProcessTable, start: Start, word: str) -> None:
    program, other = start(word, "--csrf_token", "test-token-1"), start("decoy")
    for each in (program, other):
        each.ask("udp")
    (found,) = await table.find(lambda text: f"{word} --csrf_token test-token-1" in text)
    assert (found.pid, found.executable) == (program.pid, PYTHON)
    assert found.command_line.startswith(f"{sys.executable} -IS /")
    assert "test-token-1" not in repr(found)


async def test_what_is_found_is_ordered_and_bounded(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = sorted((start(word, str(number)) for number in range(3)), key=lambda program: program.pid)
    for program in programs:
        program.ask("udp")
    assert [found.pid for found in await table.find(lambda text: word in text)] == [item.pid for item in programs]
    monkeypatch.setattr(process_table, "MOST_PROCESSES", 2)
    assert [found.pid for found in await table.find(lambda text: word in text)] == [item.pid for item in programs[:2]]


async def test_finds_a_wrapper_and_what_it_runs(
    table: SystemProcessTable, start: Start, script: Script, word: str
) -> None:
    wrapper = script('"$@"; exit 0')
    program = start(word, wrapper=wrapper)
    program.ask("udp")
    found = {item.pid: item.command_line for item in await table.find(lambda text: word in text)}
    assert wrapper in found.pop(program.pid)
    assert [text.startswith(sys.executable) for text in found.values()] == [True]


async def test_never_finds_the_app_itself(table: SystemProcessTable) -> None:
    found = {item.pid for item in await table.find(lambda _: True)}
    assert found
    assert os.getpid() not in found
    assert len(found) <= 64


async def test_leaves_out_what_the_app_keeps_running_itself(start: Start, word: str) -> None:
    held, other = start(word), start(word)
    below = held.ask("child")
    other.ask("udp")
    table = SystemProcessTable(own_programs=lambda: (held.pid, 4_000_000))
    assert [item.pid for item in await table.find(lambda text: word in text)] == [other.pid]
    assert [item.pid for item in await table.descendants(held.pid)] == [below]


@pytest.mark.parametrize(
    ("argv", "is_own"),
    [
        (("-I", "-S", "/app/codexbar_qt/adapters/process_guard.py", "7", "pty"), True),
        (("--process-guard", "7", "pty"), True),
        (("-I", "-S", "/app/other.py", "7", "pty"), False),
    ],
)
async def test_leaves_out_guards_of_other_instances(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...],
    is_own: bool,
) -> None:  # fmt: skip
    program = start(word)
    program.ask("udp")
    read = psutil.Process.cmdline
    disguised = ["/bin/app", *argv, "/usr/bin/agy", word]
    monkeypatch.setattr(psutil.Process, "cmdline", lambda self: disguised if self.pid == program.pid else read(self))
    assert (await table.find(lambda text: word in text) == ()) is is_own


@pytest.mark.parametrize("problem", [psutil.AccessDenied(1), psutil.NoSuchProcess(1), OSError("gone")])
async def test_skips_processes_that_cannot_be_read(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    secret, program = start(word), start(word)
    program.ask("udp")
    read = psutil.Process.cmdline

    def cmdline(self: psutil.Process) -> list[str]:
        if self.pid == secret.pid:
            raise problem
        return read(self)

    monkeypatch.setattr(psutil.Process, "cmdline", cmdline)
    assert [item.pid for item in await table.find(lambda text: word in text)] == [program.pid]


async def test_skips_processes_of_other_users(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = [start(word), start(word), start(word)]
    for program in programs:
        program.ask("udp")
    own, foreign = os.getuid(), os.getuid() + 1
    users = {programs[0].pid: (own, foreign, own), programs[1].pid: (foreign, foreign, foreign)}
    monkeypatch.setattr(psutil.Process, "uids", lambda self: users.get(self.pid, (own, own, own)))
    assert [item.pid for item in await table.find(lambda text: word in text)] == [programs[2].pid]


async def test_an_executable_that_cannot_be_read_is_unknown(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(word).ask("udp")

    def exe(self: psutil.Process) -> str:
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "exe", exe)
    assert [item.executable for item in await table.find(lambda text: word in text)] == [""]


async def test_what_matches_raises_is_passed_on(table: SystemProcessTable) -> None:
    def matches(_: str) -> bool:
        raise RecursionError("a provider's mistake")

    with pytest.raises(RecursionError):
        await table.find(matches)


async def test_descendants_of_a_process(table: SystemProcessTable, start: Start, script: Script, word: str) -> None:
    program = start(word, wrapper=script('"$@"; exit 0'))
    grandchild = program.ask("child")
    found = await table.descendants(program.pid)
    assert grandchild in [item.pid for item in found]
    assert len(found) == 2
    assert all(word in item.command_line for item in found)
    program.end()
    assert await table.descendants(program.pid) == ()


async def test_ports_of_exactly_one_process(table: SystemProcessTable, start: Start, word: str) -> None:
    program, decoy = start(word), start("decoy")
    foreign = decoy.ask("listen")
    ports = {program.ask("listen"), program.ask("listen6"), program.ask("both")}
    quiet = [program.ask(f"connect {foreign}"), program.ask("udp")]
    (found,) = await table.find(lambda text: word in text)
    assert await table.listening_ports(found.pid) == tuple(sorted(ports))
    assert await table.listening_ports(decoy.pid) == (foreign,)
    assert ports.isdisjoint({foreign, *quiet})


async def test_ports_of_a_child_are_not_those_of_its_parent(table: SystemProcessTable, start: Start) -> None:
    program = start()
    child = program.ask("child")
    port = program.ask("listen")
    assert await table.listening_ports(program.pid) == (port,)
    assert await table.listening_ports(child) == ()


async def test_a_late_listener(table: SystemProcessTable, start: Start) -> None:
    program = start()
    program.ask("udp")
    assert await table.listening_ports(program.pid) == ()
    port = program.ask("listen")
    assert await table.listening_ports(program.pid) == (port,)


async def test_a_process_that_is_gone_has_no_ports(table: SystemProcessTable, start: Start, word: str) -> None:
    program = start(word)
    program.ask("listen")
    assert len(await table.find(lambda text: word in text)) == 1
    program.end()
    assert await table.listening_ports(program.pid) == ()
    assert await SystemProcessTable().listening_ports(program.pid) == ()


async def test_an_id_that_belongs_to_another_process_by_now(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start(word)
    port = program.ask("listen")
    with monkeypatch.context() as earlier:
        earlier.setattr(psutil.Process, "_get_ident", lambda self: (self.pid, 1.0))
        assert len(await table.find(lambda text: word in text)) == 1
    assert await table.listening_ports(program.pid) == ()
    assert len(await table.find(lambda text: word in text)) == 1
    assert await table.listening_ports(program.pid) == (port,)


async def test_only_so_many_processes_are_remembered(
    table: SystemProcessTable, start: Start, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_table, "_MOST_REMEMBERED", 1)
    programs = [start(word), start(word)]
    ports = [program.ask("listen") for program in programs]
    with monkeypatch.context() as earlier:
        earlier.setattr(psutil.Process, "_get_ident", lambda self: (self.pid, 1.0))
        found = await table.find(lambda text: word in text)
    assert len(found) == 2
    told = {item.pid: await table.listening_ports(item.pid) for item in found}
    assert sorted(told.values()) == [(), (ports[0] if told[programs[0].pid] else ports[1],)]


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system keep the ports to itself."""

    def net_connections(self: psutil.Process, kind: str) -> list[object]:
        assert kind == "tcp"
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "net_connections", net_connections)


async def test_a_system_that_does_not_tell(
    table: SystemProcessTable, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch)
    with pytest.raises(ToolFailed, match=r"^The system does not tell .*\. Start .*\.$"):
        await table.listening_ports(start().pid)
    monkeypatch.setattr(psutil.Process, "status", lambda _: psutil.STATUS_ZOMBIE)
    assert await table.listening_ports(start().pid) == ()


# Like lsof: conditions are alternatives unless -a joins them, and status 1 says that nothing was found.
LSOF = """
echo "$@" >"$0.words"
case " $* " in
  *" -a "*) ;;
  *) printf 'p1\\nf3\\nn*:9\\n';;
esac
"""


def on_mac(*places: str) -> SystemProcessTable:
    """A table that falls back to the lsof of these places."""
    return SystemProcessTable(platform="macos", lsof_places=places)


async def test_lsof_is_asked_on_macos(start: Start, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch)
    pid = start().pid
    listing = rf"p{pid}\nf3\nn127.0.0.1:5000\nf4\nn*:4000\nf5\nn[::1]:5000\np1\nf1\nn*:22\nf2\nnodd\n"
    lsof = script(f"{LSOF}\nprintf '{listing}'")
    assert await on_mac("/no/such/lsof", lsof).listening_ports(pid) == (4000, 5000)
    with open(f"{lsof}.words") as words:  # noqa: PTH123, ASYNC230 - one line
        assert words.read() == f"-nP -iTCP -sTCP:LISTEN -a -p {pid} -w -Fpn\n"


async def test_lsof_finds_nothing(start: Start, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch)
    assert await on_mac(script(f"{LSOF}\nexit 1")).listening_ports(start().pid) == ()


@pytest.mark.parametrize("text", ["echo 'no rights' >&2; exit 1", "exit 2", "kill -9 $$", "sleep 60", "yes"])
async def test_lsof_fails(start: Start, script: Script, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    refuse(monkeypatch)
    monkeypatch.setattr(process_table, "_LSOF_SECONDS", 0.5)
    with pytest.raises(ToolFailed, match="does not tell"):
        await on_mac(script(text)).listening_ports(start().pid)


async def test_lsof_is_missing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch)
    with pytest.raises(ToolFailed, match=r"Install lsof, then refresh\.$"):
        await on_mac("/no/such/lsof").listening_ports(start().pid)


@pytest.mark.skipif(not Path("/usr/bin/lsof").exists(), reason="there is no lsof")
async def test_the_real_lsof_agrees(start: Start) -> None:
    program, decoy = start(), start()
    foreign = decoy.ask("listen")
    ports = {program.ask("listen"), program.ask("listen6"), program.ask("both")}
    program.ask(f"connect {foreign}")
    told = await asyncio.to_thread(process_table.ports_of_lsof, program.pid, ("/usr/bin/lsof",))
    assert told == tuple(sorted(ports))
    assert await asyncio.to_thread(process_table.ports_of_lsof, start().pid, ("/usr/bin/lsof",)) == ()


async def test_questions_are_bounded_in_time_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_table, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(process_table, "_MOST_LOOKS", 1)
    table, hanging, goes_on, ended = SystemProcessTable(), threading.Event(), threading.Event(), threading.Event()

    def matches(_: str) -> bool:
        hanging.set()
        goes_on.wait(30)
        ended.set()
        return False

    try:
        with pytest.raises(ToolFailed, match="in time"):
            await table.find(matches)
        assert hanging.is_set()
        monkeypatch.setattr(process_table, "_LOOK_SECONDS", 30)
        with pytest.raises(ToolFailed, match="in time"):  # at once: the first question still hangs
            await table.descendants(os.getpid())
    finally:
        goes_on.set()
    assert ended.wait(5)
    for thread in threading.enumerate():
        if thread.name == "process table":
            thread.join(5)
    assert await table.find(lambda _: False) == ()


async def test_without_threads_nothing_is_asked(table: SystemProcessTable, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", no_start)
        for _ in range(20):
            with pytest.raises(ToolFailed):
                await table.find(lambda _: True)
    assert await table.find(lambda _: False) == ()


def test_psutil_waits_for_the_first_question(repo_root: Path) -> None:
    text = (
        "import asyncio, sys\n"
        "from codexbar_qt.adapters.process_runner import SupervisedRunner\n"
        "from codexbar_qt.adapters.process_table import SystemProcessTable\n"
        "table = SystemProcessTable(platform='linux')\n"
        "print('psutil' in sys.modules)\n"
        "asyncio.run(table.find(lambda _: False))\n"
        "print('psutil' in sys.modules)\n"
    )
    answer = subprocess.run([sys.executable, "-c", text], cwd=repo_root, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "True"]
