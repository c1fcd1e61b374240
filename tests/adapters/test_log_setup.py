"""Where records go, and what they look like there."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters import log_setup
from codexbar_qt.adapters.log_setup import (
    close_logging,
    configure_app_logging,
    configure_cli_logging,
    log_unhandled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.logs_warnings
OWN = logging.getLogger("codexbar_qt.some.module")
PROVIDER = logging.getLogger("codexbar_providers.some")
LIBRARY = logging.getLogger("library")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    close_logging()
    logging.getLogger().setLevel(level)


def test_the_command_line_logs_redacted_lines_to_its_error_stream() -> None:
    stream = io.StringIO()
    configure_cli_logging("debug", stream=stream)
    OWN.debug("fetched for %s", "user@example.com")
    PROVIDER.info("hello")
    LIBRARY.info("not heard")
    LIBRARY.warning("heard")
    lines = [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()]
    assert lines == [
        "DEBUG codexbar_qt.some.module: fetched for [email]",
        "INFO codexbar_providers.some: hello",
        "WARNING library: heard",
    ]
    assert stream.getvalue().split(" ", 1)[0].endswith("Z")


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("trace", 7),
        ("verbose", 6),
        ("DEBUG", 5),
        ("info", 4),
        ("warning", 3),
        ("error", 2),
        ("critical", 1),
        ("odd", 2),
    ],
)
def test_levels(level: str, heard: int) -> None:
    stream = io.StringIO()
    configure_cli_logging(level, stream=stream)
    for number in log_setup.LEVELS.values():
        OWN.log(number, "x")
    assert len(stream.getvalue().splitlines()) == heard
    if heard == 7:
        assert [line.split()[1] for line in stream.getvalue().splitlines()][:2] == ["TRACE", "VERBOSE"]


def test_json_lines() -> None:
    stream = io.StringIO()
    configure_cli_logging("info", json_lines=True, stream=stream)
    OWN.info('said "ü"\nCookie: a=b')
    try:
        raise ValueError("token=abc")
    except ValueError:
        OWN.exception("failed")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "level": "info",
        "logger": "codexbar_qt.some.module",
        "message": 'said "ü"\nCookie: [redacted]',
    }
    assert second["exception"].endswith("ValueError: token=[redacted]")
    assert "abc" not in stream.getvalue()


def test_configuring_again_replaces() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_cli_logging("info", stream=first)
    configure_cli_logging("info", stream=second)
    OWN.info("x")
    assert (first.getvalue(), len(second.getvalue().splitlines())) == ("", 1)


def test_no_file_unless_enabled(tmp_path: Path) -> None:
    assert not configure_app_logging(tmp_path / "logs", enabled=False)
    OWN.error("x")
    assert not (tmp_path / "logs").exists()


def test_the_file_is_private_and_redacted(tmp_path: Path) -> None:
    assert configure_app_logging(tmp_path / "logs", enabled=True)
    OWN.debug("Authorization: Bearer test-key-1")
    secret = "-".join(("test", "key", "2"))
    try:
        raise ValueError(secret)
    except ValueError as problem:
        log_unhandled(problem, where="test")
    close_logging()
    file = tmp_path / "logs" / "codexbar.log"
    text = file.read_text()
    assert "DEBUG codexbar_qt.some.module: Authorization: [redacted]\n" in text
    assert "CRITICAL codexbar_qt.adapters.log_setup: Unexpected ValueError in test\n" in text
    assert "Traceback (most recent call last):" in text
    assert "RuntimeError: ValueError\n" in text
    assert "test-key-1" not in text
    assert secret not in text
    if sys.platform != "win32":
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_three_files_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert log_setup.FILE_BYTES == 5 * 1024 * 1024
    monkeypatch.setattr(log_setup, "FILE_BYTES", 2000)
    configure_app_logging(tmp_path, enabled=True)
    for number in range(200):
        OWN.info("line %d %s", number, "x" * 50)
    close_logging()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["codexbar.log", "codexbar.log.1", "codexbar.log.2"]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    assert "line 199 " in (tmp_path / "codexbar.log").read_text()


def test_a_folder_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not configure_app_logging(tmp_path / "file" / "logs", enabled=True)
    (tmp_path / "logs" / "codexbar.log").mkdir(parents=True)
    assert not configure_app_logging(tmp_path / "logs", enabled=True)
    OWN.error("x")


def test_a_stream_that_fails_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    configure_cli_logging("info", stream=stream)
    stream.close()
    OWN.info("user@example.com")
    assert capsys.readouterr() == ("", "")


def test_an_app_without_an_error_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert configure_app_logging(tmp_path, enabled=True)
    OWN.error("x")
    assert "ERROR" in (tmp_path / "codexbar.log").read_text()


def test_an_app_warns_on_its_error_stream(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    configure_app_logging(tmp_path, enabled=False)
    OWN.info("quiet")
    OWN.warning("user@example.com")
    assert capsys.readouterr().err.endswith(" WARNING codexbar_qt.some.module: [email]\n")


def test_unhandled_exceptions_of_threads_and_finalizers() -> None:
    stream = io.StringIO()
    configure_cli_logging("error", stream=stream)

    def fail() -> None:
        raise ValueError("test-secret")

    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()

    class Leaky:
        def __del__(self) -> None:
            raise KeyError("test-secret")

    Leaky()
    texts = [line.split(": ", 1)[1] for line in stream.getvalue().splitlines()]
    assert texts == ["Unexpected ValueError in worker", "Unexpected KeyError in a finalizer"]


@pytest.mark.parametrize(("level", "traceback"), [("error", False), ("debug", True)])
def test_unhandled_exception_of_a_program(level: str, traceback: bool, repo_root: Path) -> None:
    text = f"""
    from codexbar_qt.adapters.log_setup import configure_cli_logging
    configure_cli_logging({level!r})
    raise ValueError("Bearer test-key-1")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)], cwd=repo_root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "CRITICAL codexbar_qt.adapters.log_setup: Unexpected ValueError in main\n" in done.stderr
    assert ("Traceback" in done.stderr) is traceback
    assert "test-key-1" not in done.stderr
    assert done.stdout == ""


def test_closing_gives_the_hooks_back() -> None:
    configure_cli_logging("info", stream=io.StringIO())
    assert sys.excepthook is not sys.__excepthook__
    close_logging()
    assert sys.excepthook is sys.__excepthook__
    assert OWN.getEffectiveLevel() == logging.getLogger().level
