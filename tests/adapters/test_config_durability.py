"""Real processes write one config file and are killed at random: it stays whole, and nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills with SIGKILL, and forks to start fast")

WRITES = 250
"""By each of two processes: 500 in all."""

SETUP = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from codexbar_qt.core import config_edit
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.private_file import FileCalls
from codexbar_qt.provider_api import Provider, ProviderDescriptor, Source, Strategy

async def never(ctx):
    raise AssertionError

def provider(name, order):
    return Provider(ProviderDescriptor(name, name, "#112233", order), (Strategy(Source.CLI, never),))

PATH = Path(sys.argv[1])
PROVIDERS = [provider("one", 1), provider("two", 2)]
NOW = datetime(2026, 7, 16, tzinfo=UTC)

def config_file(calls=None):
    return ConfigFile(ConfigLocation(PATH), PROVIDERS, lambda: NOW, calls, lock_seconds=60)
"""

# A parent that has everything imported forks the writer again whenever it was killed. A line is one write, so a reader
# sees an acknowledgement whole or not at all.
COUNTER = """
NAME, GOAL = sys.argv[2], int(sys.argv[3])

def count():
    def add_one(root):
        root[NAME] = root.get(NAME, 0) + 1

    file = config_file()
    done = file.load().root.get(NAME, 0)
    os.write(1, f"done {done}\\n".encode())
    while done < GOAL:
        done = file.update(add_one).root[NAME]
        os.write(1, f"done {done}\\n".encode())

while True:
    child = os.fork()
    if child == 0:
        count()
        os._exit(0)
    os.write(1, f"child {child}\\n".encode())
    _, status = os.waitpid(child, 0)
    if status == 0:
        break
    if os.WTERMSIG(status) != signal.SIGKILL:
        sys.exit(f"the writer ended with {status}")
"""


class Counter:
    """A process that counts in the file; `child` is the one that writes just now."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.acknowledged = 0
        self.child = 0
        self.starts = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", SETUP + COUNTER, str(path), name, str(WRITES)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, number = line.split()
            if word == "child":
                self.child = int(number)
                self.starts += 1
            else:
                self.acknowledged = int(number)

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def kill_writer(self) -> None:
        if self.child and self.runs:
            try:
                os.kill(self.child, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.child = 0

    def finish(self) -> None:
        self.process.wait(60)
        self.reader.join(10)
        assert self.process.stderr is not None
        assert (self.process.returncode, self.process.stderr.read()) == (0, "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conf" / "config.json"


@pytest.fixture
def counters(path: Path) -> Iterator[tuple[Counter, Counter]]:
    pair = (Counter(path, "a"), Counter(path, "b"))
    yield pair
    for counter in pair:
        counter.kill_writer()
        counter.process.kill()
        counter.process.wait()
        counter.reader.join()
        for stream in (counter.process.stdout, counter.process.stderr):
            if stream is not None:
                stream.close()


def run(path: Path, body: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SETUP + textwrap.dedent(body), str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def stored(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    assert [entry["id"] for entry in document["providers"]] == ["one", "two"]
    return document


def leftovers(path: Path) -> list[str]:
    return [item.name for item in path.parent.iterdir() if item.name.endswith(".tmp")]


def check(path: Path, counters: tuple[Counter, Counter]) -> None:
    # Read what was acknowledged first: the file may only be ahead of it.
    acknowledged = {counter.name: counter.acknowledged for counter in counters}
    if not path.exists():
        assert not any(acknowledged.values())
        return
    document = stored(path)
    for name, number in acknowledged.items():
        assert document.get(name, 0) >= number
    assert len(leftovers(path)) <= len(counters)


def progress(counters: tuple[Counter, Counter], writes: int) -> None:
    """Wait for some more writes, so that kills come often on every disk and never stop the work."""
    goal = sum(counter.acknowledged for counter in counters) + writes
    while any(counter.runs for counter in counters) and sum(counter.acknowledged for counter in counters) < goal:
        time.sleep(0.002)


def test_killed_writers_lose_nothing_and_break_nothing(path: Path, counters: tuple[Counter, Counter]) -> None:
    chance = random.Random(20260716)
    while any(counter.runs for counter in counters):
        progress(counters, chance.randint(5, 25))
        time.sleep(chance.uniform(0, 0.01))  # the moment of the kill is the point of this test
        chance.choice(counters).kill_writer()
        check(path, counters)
    for counter in counters:
        counter.finish()
    document = stored(path)
    for counter in counters:
        # A write whose acknowledgement was killed counts; no acknowledged one may be missing, none may count twice.
        assert counter.acknowledged == WRITES
        assert document[counter.name] == WRITES
    assert sum(counter.starts for counter in counters) > len(counters) + 5, "hardly any writer was killed"

    assert run(path, "config_file().update(lambda root: None)").returncode == 0
    assert leftovers(path) == []
    assert sorted(item.name for item in path.parent.iterdir()) == ["config.json", "config.json.lock"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_around_the_rename_leaves_one_whole_file(path: Path, moment: str) -> None:
    assert run(path, "config_file().update(lambda root: root.update(mark='old'))").returncode == 0
    body = """
    def replace(source, target):
        if sys.argv[2] == "after":
            os.replace(source, target)
        os.kill(os.getpid(), signal.SIGKILL)

    config_file(FileCalls(replace=replace)).update(lambda root: root.update(mark="new"))
    """
    assert run(path, body, moment).returncode == -signal.SIGKILL
    assert stored(path)["mark"] == ("old" if moment == "before" else "new")
    assert len(leftovers(path)) == (1 if moment == "before" else 0)

    # The lock of the dead process is free, and the next writer tidies up after it.
    assert run(path, "config_file().update(lambda root: root.update(mark='next'))").returncode == 0
    assert stored(path)["mark"] == "next"
    assert leftovers(path) == []


def test_a_kill_while_the_temporary_file_is_written_leaves_the_old_file(path: Path) -> None:
    assert run(path, "config_file().update(lambda root: root.update(mark='old'))").returncode == 0
    body = """
    def restrict(path):
        path.chmod(0o600)
        os.kill(os.getpid(), signal.SIGKILL)

    config_file(FileCalls(restrict=restrict)).update(lambda root: root.update(mark="new"))
    """
    assert run(path, body).returncode == -signal.SIGKILL
    assert stored(path)["mark"] == "old"


def test_two_processes_that_enable_at_once_both_count(path: Path) -> None:
    # The first holds the lock inside its edit until the second has begun to wait for it.
    first = """
    def edit(root):
        print("inside", flush=True)
        sys.stdin.readline()
        config_edit.set_enabled(root, "one", True)

    config_file().update(edit)
    """
    second = """
    print("begins", flush=True)
    config_file().update(lambda root: config_edit.set_enabled(root, "two", True))
    """
    processes: list[subprocess.Popen[str]] = []
    for body, word in ((first, "inside"), (second, "begins")):
        command = [sys.executable, "-c", SETUP + textwrap.dedent(body), str(path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == f"{word}\n"
    processes[0].communicate("\n", timeout=60)
    processes[1].communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    assert [entry["enabled"] for entry in stored(path)["providers"]] == [True, True]
