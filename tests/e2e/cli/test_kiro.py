"""A provider that runs a program: the fake `kiro-cli` in each of its modes, and nothing of it left behind."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from codexbar_qt.provider_testing import load_case
from tests.e2e.cli import case_world
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.name == "nt", reason="the fake program is a shell script")]
LINE = ("usage", "--provider", "kiro", "--json-only")
FOLDER = Path(__file__).parents[2] / "providers" / "kiro"
_PATIENCE = 30.0


def started(pids: Path) -> list[int]:
    return [int(line) for line in pids.read_text().split()] if pids.is_file() else []


def alive(pids: Path) -> list[int]:
    found = [number for number in started(pids) if psutil.pid_exists(number)]
    return [number for number in found if psutil.Process(number).status() != psutil.STATUS_ZOMBIE]


def wait_until(met: Callable[[], bool], told: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not met():
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


@pytest.fixture
def kiro(codexbar: Any, fake_path: str, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The variables that lead to the fake program in a mode."""

    def variables(mode: str) -> dict[str, str]:
        return {"PATH": fake_path, "FAKE_KIRO_MODE": mode, "FAKE_KIRO_PIDS": str(tmp_path / "pids")}

    return variables


@pytest.mark.parametrize("mode", ["good", "old_format", "tty_only", "managed", "stray"])
def test_reports(mode: str, kiro: Any, codexbar: Any, tmp_path: Path, decode_usage: Any) -> None:
    ended = codexbar.run(*LINE, **kiro(mode))
    (element,) = decode_usage(ended.stdout)
    used = {"good": 31, "stray": 31, "managed": 0}.get(mode, 40)
    assert (ended.returncode, ended.stderr, element.source) == (0, b"", "cli")
    assert element.usage.primary.used_percent == used
    assert element.version == "2.1.4"
    assert element.usage.account_email == ("user@example.com")
    assert started(tmp_path / "pids")
    wait_until(lambda: not alive(tmp_path / "pids"), "a process survived")


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("loggedout", "kiro-cli login"),
        ("silent", "Kiro"),
        ("dies", "Kiro"),
    ],
)
def test_failures(mode: str, told: str, kiro: Any, codexbar: Any, tmp_path: Path, decode_usage: Any) -> None:
    ended = codexbar.run(*LINE, **kiro(mode))
    (element,) = decode_usage(ended.stdout)
    assert (ended.returncode, ended.stderr, element.source, element.error.code) == (1, b"", "auto", 1)
    assert told in element.error.message
    wait_until(lambda: not alive(tmp_path / "pids"), "a process survived")


def test_a_missing_program_exits_with_1(codexbar: Any, decode_usage: Any) -> None:
    ended = codexbar.run(*LINE)
    (element,) = decode_usage(ended.stdout)
    assert (ended.returncode, element.error.code) == (1, 1)
    assert "kiro.dev" in element.error.message


def test_a_program_that_hangs_is_ended_at_the_limit(
    kiro: Any, codexbar: Any, tmp_path: Path, decode_usage: Any
) -> None:
    ended = codexbar.run(*LINE, "--web-timeout", "2", **kiro("hang"))
    (element,) = decode_usage(ended.stdout)
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert element.error.message == "Kiro did not answer within 2 s. Set a longer --web-timeout."
    assert len(started(tmp_path / "pids")) > 1
    wait_until(lambda: not alive(tmp_path / "pids"), "a process survived")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129), ("SIGKILL", -9)])
def test_nothing_survives_the_command(name: str, code: int, kiro: Any, codexbar: Any, tmp_path: Path) -> None:
    if name == "SIGKILL" and not os.path.exists("/proc/self/task"):  # noqa: PTH110 - not a file of ours
        pytest.skip("only Linux ends the children of a killed process")
    process = codexbar.start(*LINE, **kiro("hang"))
    # The program itself, its `sleep`, and the one beside it that asks who is signed in.
    wait_until(lambda: len(started(tmp_path / "pids")) >= 3, "the program did not start")
    process.send_signal(signal.Signals[name])
    out, err = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, out, err) == (code, b"", b"")
    wait_until(lambda: not alive(tmp_path / "pids"), "a process survived")


def test_the_service_completes_the_report(kiro: Any, codexbar: Any, home: Path, serve: Any, decode_usage: Any) -> None:
    case = load_case(FOLDER / "api_adds_overage.json")
    case_world.build_home(case, home)
    hosts, variables = serve(case)
    ended = codexbar.run(*LINE, **kiro("good"), **variables)
    decode_usage(ended.stdout)
    (element,) = json.loads(ended.stdout)
    told = ("primary", "used_percent", "extra_windows", "provider_cost")
    assert compare(element, ended.returncode, case, only=told) == []
    assert (hosts.problems, hosts.unused()) == ([], [])


def test_text_names_plan_and_way_of_signing_in(kiro: Any, codexbar: Any) -> None:
    lines = codexbar.run("usage", "--provider", "kiro", **kiro("good")).stdout.decode().splitlines()
    assert lines[:2] == ["== Kiro 2.1.4 (cli) ==", "Credits: 69% left [========----]"]
    assert {"Plan: Kiro Pro", "Account: user@example.com", "Auth: Google"} <= set(lines)
