"""Real programs made by the tests, and ways to see whether anything of them is left."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import uuid
from typing import TYPE_CHECKING

import psutil
import pytest

from codexbar_qt.adapters.process_runner import SupervisedRunner
from codexbar_qt.provider_api import Env

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

# Every child of this program, and the program itself, writes its id into the file named by its only argument.
TREE = """
import os, signal, subprocess, sys, time
def note():
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
def deaf():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
deaf()
note()
if os.fork() == 0:            # ignores every polite signal, keeps the output open
    note(); time.sleep(60); os._exit(0)
if os.fork() == 0:            # leaves the session and loses its parent
    os.setsid()
    if os.fork() == 0:
        os.setsid(); note(); time.sleep(60)
    os._exit(0)
if os.fork() == 0:            # has a child of its own in another group
    os.setpgid(0, 0)
    if os.fork() == 0:
        note(); time.sleep(60); os._exit(0)
    note(); time.sleep(60); os._exit(0)
print("ready", flush=True)
"""
TREE_SIZE = 5


class NoEnv(Env):
    """An environment without variables."""

    def get(self, name: str) -> str | None:
        del name
        return None


@pytest.fixture
def token() -> str:
    """A word for the arguments of every program of a test, by which survivors are found."""
    return f"mark-{uuid.uuid4().hex}"


@pytest.fixture
def survivors(token: str) -> Callable[[], list[str]]:
    """Tell the command lines of living processes that carry the test's token."""

    def find() -> list[str]:
        found: list[str] = []
        for process in psutil.process_iter(["cmdline", "status"]):
            words = process.info["cmdline"] or []
            if any(token in word for word in words) and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(" ".join(words))
        return found

    return find


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    """Make an executable of a shell text; its path is returned."""

    def make(text: str) -> str:
        path = tmp_path / f"tool-{uuid.uuid4().hex[:6]}"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[str], str]:
    """Make the program that starts a tree of stubborn processes; `ending` is what it does itself at last."""

    def make(ending: str) -> str:
        path = tmp_path / f"tree-{uuid.uuid4().hex[:6]}"
        path.write_text(f"#!{sys.executable} -IS\n{TREE}\n{ending}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def family(
    until: Callable[[Callable[[], bool]], Awaitable[None]],
) -> Callable[[Path], Awaitable[list[psutil.Process]]]:
    """Wait until a tree is complete; gives its processes, each known by id and start time."""

    def ids(file: Path) -> list[int]:
        return [int(line) for line in file.read_text().splitlines()] if file.exists() else []

    async def gather(file: Path) -> list[psutil.Process]:
        await until(lambda: len(ids(file)) == TREE_SIZE)
        return [psutil.Process(pid) for pid in ids(file)]

    return gather


@pytest.fixture
def make_runner(home: Path) -> Iterator[Callable[..., SupervisedRunner]]:
    """Make runners that ask no login shell; at the end none of them may have anything left."""
    runners: list[SupervisedRunner] = []

    def make(**options: object) -> SupervisedRunner:
        given = {"home": str(home), "environ": {**os.environ, "SHELL": "/bin/false", "COLUMNS": "80"}, **options}
        runners.append(SupervisedRunner(NoEnv(), **given))  # type: ignore[arg-type]  # options as the test gives them
        return runners[-1]

    yield make
    assert all(runner.shutdown() for runner in runners)


@pytest.fixture
def runner(make_runner: Callable[..., SupervisedRunner]) -> SupervisedRunner:
    """A runner as the app has it."""
    return make_runner()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait for a condition, at most 5 s."""

    async def wait(condition: Callable[[], bool], seconds: float = 5.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            await asyncio.sleep(0.01)

    return wait
