"""Faults of programs and files on this machine: real executables under the supervisor, real files in a real home.

One place stands for every provider, program and arguments, and for every provider and path of a file; the whole matrix
is in the neighbouring module.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import pkgutil
import shlex
import sqlite3
import sys
import uuid
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import psutil
import pytest

import codexbar_providers
from codexbar_qt.adapters.home_files import LocalHomeFiles
from codexbar_qt.adapters.process_runner import SupervisedRunner
from codexbar_qt.adapters.process_table import SystemProcessTable
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.provider_api import (
    Command,
    ProcessRunner,
    Provider,
    ProviderDescriptor,
    Snapshot,
    Source,
    Strategy,
)
from codexbar_qt.provider_testing import CasePorts, FakeEnv, load_case, parse_case
from codexbar_qt.provider_testing.fault_contents import PERSON
from codexbar_qt.provider_testing.fault_http import FaultHttp
from codexbar_qt.provider_testing.fault_judgement import FaultJudge, KnownCase
from codexbar_qt.provider_testing.fault_matrix import FaultReport, FaultTally
from codexbar_qt.provider_testing.fault_run import DisturbedRun, LogKeeper, end_tasks, fetch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from codexbar_qt.provider_api import CommandResult, FetchContext, HeldProgram
    from codexbar_qt.provider_testing import Case, RecordedFile

CASES = Path(__file__).parent
IDS = sorted(info.name for info in pkgutil.iter_modules(codexbar_providers.__path__) if not info.name.startswith("_"))
TITLE = "Every provider, program and arguments, and every provider and path, on this machine"
SYSTEM = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
SHORT_SECONDS = 0.6
HUGE_BYTES = 20 * 1024 * 1024
GARBAGE = bytes(range(256)) * 64
MISSING = "program missing"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the programs of this test are POSIX scripts")

Words = tuple[str, ...]

# What a program does that is in trouble; {recorded} prints what it should, {token} finds what is left of it.
SCRIPTS = {
    MISSING: "exit 0",
    "program exits with 1": f"echo 'fatal: the session of {PERSON} has ended' >&2; exit 1",
    "program prints nothing": "exit 0",
    "program prints garbage": "cat {garbage}; exit 0",
    "program prints for ever": "exec yes 'Credits 1%'",
    "program hangs": "sh -c 'sleep 600; :' {token}",
    "program leaves a child": "{recorded} sh -c 'sleep 600; :' {token} & exit 0",
}


def break_file(place: Path) -> None:
    """Make a file that cannot be read, not by root either."""
    place.unlink()
    try:
        place.symlink_to(place)
    except OSError:  # Windows without the right to make links
        place.mkdir()


def put(data: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        place.write_bytes(data)

    return write


def make_huge(place: Path) -> None:
    """A file with much nothing behind what it held; it takes no room on the disk."""
    with place.open("r+b") as file:
        file.truncate(HUGE_BYTES)


def make_directory(place: Path) -> None:
    place.unlink()
    place.mkdir()


FILE_FAULTS: tuple[tuple[str, str, Callable[[Path], object]], ...] = (
    ("file missing", "", Path.unlink),
    ("file unreadable", "links to itself", break_file),
    ("file unreadable", "a directory", make_directory),
    ("file empty", "", put(b"")),
    ("file binary", "", put(GARBAGE)),
    ("file huge", "", make_huge),
)


class TroubledPrograms(ProcessRunner):
    """The app's runner with short limits; the file `gone` goes just before the troubled command is started."""

    def __init__(self, runner: SupervisedRunner, troubled: Words, gone: Path | None) -> None:
        self._runner = runner
        self._troubled = troubled
        self._gone = gone
        self.commands: list[Command] = []
        self.happened = False

    async def find(self, name: str, *, env: str = "", extra: Sequence[str] = ()) -> str | None:
        return await self._runner.find(name, env=env, extra=extra)

    async def run(self, command: Command) -> CommandResult:
        return await self._runner.run(self._noted(command))

    def hold(self, command: Command, *, keep_seconds: float) -> AbstractAsyncContextManager[HeldProgram]:
        return self._runner.hold(self._noted(command), keep_seconds=keep_seconds)

    def _noted(self, command: Command) -> Command:
        self.commands.append(command)
        if words_of(command.argv) == self._troubled:
            self.happened = True
            if self._gone is not None:
                self._gone.unlink(missing_ok=True)
        return replace(command, limit_seconds=min(command.limit_seconds, SHORT_SECONDS))


@dataclass
class Machine:
    """A home with the files of a case, a folder with its programs, and what the environment says."""

    case: Case
    home: Path
    token: str = field(default_factory=lambda: f"mark-{uuid.uuid4().hex}")

    def __post_init__(self) -> None:
        self.bin = self.home / "bin"
        self.bin.mkdir(parents=True)
        for path, recorded in self.case.files.items():
            write_file(self.place_of(path), recorded)
        moved = {name: self._moved(value) for name, value in self.case.env.items()}
        self.env = FakeEnv(moved)

    def place_of(self, path: str) -> Path:
        """Where a recorded path is; absolute ones are below a folder of the home."""
        return self.home / path[2:] if path.startswith("~/") else self.home / "outside" / path.lstrip("/")

    def _moved(self, value: str) -> str:
        return str(self.place_of(value)) if value.startswith("/") else value

    def write_programs(self, troubled: Words, script: str) -> None:
        """Write the programs of the case, which print what is recorded but for the troubled arguments."""
        garbage = self.bin / "garbage"
        garbage.write_bytes(GARBAGE)
        lines: dict[str, list[str]] = {}
        for attempt in self.case.commands:
            lines.setdefault(attempt.argv[0], [])
        for words in recorded_words(self.case):
            recorded = self._recorded(words)
            own = script.format(recorded=recorded, garbage=garbage, token=self.token)
            body = own if words == troubled else f"{recorded} exit 0"
            lines.setdefault(words[0], []).append(f'[ "$*" = {shlex.quote(" ".join(words[1:]))} ] && {{ {body}; }}')
        for name, tests in lines.items():
            place = self.bin / name
            place.write_text("\n".join(["#!/bin/sh", *tests, "exit 3", ""]))
            place.chmod(0o755)

    def _recorded(self, words: Words) -> str:
        attempt = next((item for item in self.case.commands if words_of(item.argv) == words), None)
        if attempt is None:
            return ""
        place = self.bin / f"output-{uuid.uuid4().hex}"
        place.write_text(attempt.stdout)
        return f"cat {place};"

    def runner(self) -> SupervisedRunner:
        """The app's runner, which sees the folder of programs and the system's own."""
        environ = {"PATH": os.pathsep.join((str(self.bin), "/usr/bin", "/bin")), "SHELL": "/bin/false"}
        return SupervisedRunner(self.env, home=str(self.home), environ=environ, platform=self.case.platform)

    def survivors(self) -> list[str]:
        """Processes of the troubled program that still live."""
        found: list[str] = []
        for process in psutil.process_iter(["cmdline", "status"]):
            words = process.info["cmdline"] or []
            if self.token in words and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(f"a child was left behind: {words[0]}")
        return found


def write_file(place: Path, recorded: RecordedFile) -> None:
    """Make a recorded file or directory real."""
    if recorded.is_dir:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if recorded.tables is None:
        place.write_bytes(recorded.texts[0].encode())
        return
    with contextlib.closing(sqlite3.connect(place)) as database, database:
        for name, table in recorded.tables.items():
            database.execute(f"CREATE TABLE {name} ({', '.join(table.columns)})")
            marks = ", ".join("?" for _ in table.columns)
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", table.rows)


def words_of(argv: Sequence[str]) -> Words:
    """Name and arguments of a command."""
    return (PurePosixPath(argv[0]).name, *argv[1:])


def recorded_words(case: Case) -> list[Words]:
    """The distinct commands of a case, held programs included."""
    played = [item.argv for item in case.commands] + [item.argv for item in case.holds]
    return list(dict.fromkeys(map(words_of, played)))


@cache
def judge_of(provider_id: str) -> FaultJudge:
    provider: Provider = importlib.import_module(f"codexbar_providers.{provider_id}").PROVIDER
    cases = [load_case(path) for path in sorted((CASES / provider_id).glob("*.json"))]
    return FaultJudge(provider, [case for case in cases if case.platform == SYSTEM], unsound)


def unsound(_: Provider, snapshot: Snapshot, now: datetime) -> Iterator[str]:
    del now
    if not is_sound(snapshot):
        yield "the snapshot has a field of another type than declared"


@pytest.fixture
def judge(provider_id: str) -> FaultJudge:
    """The judge of a provider; made outside the test's event loop, because it uses one of its own."""
    return judge_of(provider_id)


def good_first(judge: FaultJudge) -> list[KnownCase]:
    """The cases, those that end well before those whose outcome a fault may not change."""
    return sorted(judge.known, key=lambda known: "error" in known.case.expect)


def program_places(judge: FaultJudge) -> list[tuple[KnownCase, Words]]:
    """One recorded case for every program and arguments of a program that is found by its name."""
    found: dict[Words, KnownCase] = {}
    for known in good_first(judge):
        played = [item.fault for item in known.case.commands] + [item.fault for item in known.case.holds]
        faulty = any(played)
        for words in recorded_words(known.case):
            if words[0] in known.case.programs and not faulty:
                found.setdefault(words, known)
    return [(known, words) for words, known in found.items()]


def file_places(judge: FaultJudge) -> list[tuple[KnownCase, str]]:
    """One recorded case for every path of a file."""
    found: dict[str, KnownCase] = {}
    for known in good_first(judge):
        plain = not any(item.fault or len(item.texts) > 1 for item in known.case.files.values())
        for path, recorded in known.case.files.items():
            if plain and not recorded.is_dir:
                found.setdefault(path, known)
    return [(known, path) for path, known in found.items()]


@dataclass(frozen=True, slots=True)
class Own:
    """The real ports of one fetch; without programs those are recorded ones."""

    files: LocalHomeFiles
    env: FakeEnv
    processes: TroubledPrograms | None = None
    table: SystemProcessTable | None = None


@contextlib.asynccontextmanager
async def running(machine: Machine, troubled: Words, gone: Path | None) -> AsyncIterator[TroubledPrograms]:
    """The real runner for one fetch; everything it started is ended."""
    runner = machine.runner()
    try:
        yield TroubledPrograms(runner, troubled, gone)
    finally:
        await asyncio.to_thread(runner.shutdown)


async def disturb(judge: FaultJudge, known: KnownCase, own: Own, log: LogKeeper) -> list[str]:
    """Fetch with real ports; returns what is wrong with the run."""
    ports = CasePorts.from_case(known.case, judge.provider)
    http = FaultHttp(known.case.http, ports.context.clock)
    processes = own.processes or ports.processes
    context = replace(
        ports.context,
        http=http,
        files=own.files,
        env=own.env,
        processes=processes,
        process_table=own.table or ports.context.process_table,
    )
    before = asyncio.all_tasks()
    result, failure = await fetch(judge.provider, context, known.case)
    left = [task for task in asyncio.all_tasks() - before if "codexbar_providers" in str(task.get_coro())]
    run = DisturbedRun(
        result=result,
        failure=failure,
        tasks_left=await end_tasks(left),
        requests=http.requests,
        commands=processes.commands,
        log=(*ports.log.lines, *log.take()),
        saved=ports.store.saved,
    )
    return judge.problems(known, run, known.case, stalls=True)


async def break_programs(judge: FaultJudge, folder: Path) -> FaultReport:
    """Inject every fault into one run of every command."""
    tally = FaultTally(judge.provider.id)
    with LogKeeper() as log:
        for known, words in program_places(judge):
            for fault, script in SCRIPTS.items():
                machine = Machine(known.case, folder / uuid.uuid4().hex)
                machine.write_programs(words, script)
                gone = machine.bin / words[0] if fault == MISSING else None
                async with running(machine, words, gone) as processes:
                    table = SystemProcessTable(platform=known.case.platform)
                    own = Own(LocalHomeFiles(str(machine.home)), machine.env, processes, table)
                    problems = await disturb(judge, known, own, log)
                problems += machine.survivors()
                problems += [] if processes.happened else ["the program was not run"]
                tally.add(fault, known.case.name, " ".join(words), problems)
    return tally.report()


async def break_files(judge: FaultJudge, folder: Path) -> FaultReport:
    """Inject every fault into one file of every path."""
    tally = FaultTally(judge.provider.id)
    with LogKeeper() as log:
        for known, path in file_places(judge):
            for fault, name, damage in FILE_FAULTS:
                machine = Machine(known.case, folder / uuid.uuid4().hex)
                damage(machine.place_of(path))
                own = Own(LocalHomeFiles(str(machine.home)), machine.env)
                problems = await disturb(judge, known, own, log)
                tally.add(fault, known.case.name, f"{path} {name}", problems)
    return tally.report()


@POSIX
@pytest.mark.parametrize("provider_id", IDS)
async def test_programs(judge: FaultJudge, tmp_path: Path, fault_reports: dict[str, list[FaultReport]]) -> None:
    report = await break_programs(judge, tmp_path)
    fault_reports.setdefault(TITLE, []).append(report)
    assert not report.problems, "\n".join(report.problems)


@pytest.mark.parametrize("provider_id", IDS)
async def test_files(judge: FaultJudge, tmp_path: Path, fault_reports: dict[str, list[FaultReport]]) -> None:
    report = await break_files(judge, tmp_path)
    fault_reports.setdefault(TITLE, []).append(report)
    assert not report.problems, "\n".join(report.problems)


async def trusts_this_machine(ctx: FetchContext) -> Snapshot:
    """A bad fetch: what programs print and files hold is taken as it is."""
    program = await ctx.processes.find("acme")
    assert program is not None
    result = await ctx.processes.run(Command((program, "status"), 5.0))
    login = json.loads(await ctx.files.read_text("~/login.json") or "no login")
    return Snapshot(ctx.clock.now(), note=f"{int(result.stdout)} of {login['limit']}.")


BAD_CASE = {
    "why": "A program and a file are read.",
    "now": "2030-01-08T12:00:00Z",
    "platform": SYSTEM,
    "programs": {"acme": "/opt/bin/acme"},
    "commands": [{"argv": ["acme", "status"], "stdout": "7"}],
    "files": {"~/login.json": '{"limit": 10}'},
}


@pytest.fixture
def bad_judge() -> FaultJudge:
    descriptor = ProviderDescriptor(id="acme", name="Acme", color="#112233", order=1000)
    provider = Provider(descriptor, strategies=(Strategy(Source.CLI, trusts_this_machine),))
    return FaultJudge(provider, [parse_case("bad", json.dumps(BAD_CASE))])


@POSIX
async def test_a_fetch_that_trusts_programs_is_caught(bad_judge: FaultJudge, tmp_path: Path) -> None:
    report = await break_programs(bad_judge, tmp_path)
    failed = {fault for fault, failures in report.failures.items() if failures}
    # A program that is gone between look-up and start is the runner's own error, and one with a child has answered.
    assert failed == set(SCRIPTS) - {MISSING, "program leaves a child"}
    assert all("ValueError is outside the error tree" in problem for problem in report.problems)


async def test_a_fetch_that_trusts_files_is_caught(bad_judge: FaultJudge, tmp_path: Path) -> None:
    report = await break_files(bad_judge, tmp_path)
    failed = {fault for fault, failures in report.failures.items() if failures}
    assert failed == {"file missing", "file empty"}
