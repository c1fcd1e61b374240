"""Environment variables and the `env` file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.environment import FILE_LIMIT, ProcessEnv, parse_env_file

if TYPE_CHECKING:
    from pathlib import Path


class Ticks:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_values_are_cleaned() -> None:
    env = ProcessEnv({"A": " 'test-key-1' ", "B": '"x', "C": "  ", "D": "''", "E": ""})
    assert [env.get(name) for name in "ABCDEF"] == ["test-key-1", '"x', None, None, None, None]


def test_the_process_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("A=file\nB=file\nC=file\n")
    env = ProcessEnv({"A": "process", "B": " "}, file)
    assert [env.get(name) for name in "ABC"] == ["process", "file", "file"]


def test_lines_of_the_file() -> None:
    text = (
        '# comment\n\nA=1\nexport B = two words \n  export\tC=\'x # y\'  # said\nD="q"r"\nE=a # comment\nF=a#b\nG=\n'
        "H='open\nnot a line\n1X=no\nA-B=no\n=no\nexport=yes\nI=#x\nA=last\r\nJ=a=b\n"
    )
    assert parse_env_file(text) == {
        "A": "last", "B": "two words", "C": "x # y", "D": '"q"r"', "E": "a", "F": "a#b", "G": "", "H": "'open",
        "export": "yes", "I": "", "J": "a=b",
    }  # fmt: skip


def test_a_changed_file_is_seen_within_a_second(tmp_path: Path) -> None:
    file, ticks = tmp_path / "env", Ticks()
    env = ProcessEnv({}, file, monotonic=ticks)
    assert env.get("A") is None
    file.write_text("A=first")
    assert env.get("A") is None
    ticks.now += 1.0
    assert env.get("A") == "first"
    file.write_text("A=other")
    os.utime(file, (1, 1))
    ticks.now += 0.9
    assert env.get("A") == "first"
    ticks.now += 0.1
    assert env.get("A") == "other"
    file.unlink()
    ticks.now += 1.0
    assert env.get("A") is None


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, ticks = tmp_path / "env", Ticks()
    file.write_text("A=1")
    env = ProcessEnv({}, file, monotonic=ticks)
    assert env.get("A") == "1"
    monkeypatch.setattr("codexbar_qt.adapters.environment._read", lambda _: pytest.fail("read again"))
    ticks.now += 5
    assert env.get("A") == "1"


@pytest.mark.parametrize("content", [b"A=1\n#" + b"x" * FILE_LIMIT, b"A=\xff"])
def test_a_file_that_cannot_be_used_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "env").write_bytes(content)
    assert ProcessEnv({"B": "2"}, tmp_path / "env").get("A") is None


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(b"\xef\xbb\xbfA=1")
    assert ProcessEnv({}, tmp_path / "env").get("A") == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_never_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "env")
    assert ProcessEnv({}, tmp_path / "env").get("A") is None
    assert ProcessEnv({}, tmp_path).get("A") is None


def test_windows_ignores_case(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("Some_Key=file")
    env = ProcessEnv({"Other_Key": "process"}, tmp_path / "env", ignore_case=True)
    assert (env.get("SOME_KEY"), env.get("OTHER_KEY")) == ("file", "process")
    env = ProcessEnv({"Other_Key": "process"}, tmp_path / "env", ignore_case=False)
    assert (env.get("SOME_KEY"), env.get("OTHER_KEY")) == (None, None)


def test_reads_the_real_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_VARIABLE", "here")
    assert ProcessEnv().get("SOME_VARIABLE") == "here"
