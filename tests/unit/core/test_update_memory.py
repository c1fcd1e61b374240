"""What is remembered of versions: kept, bounded, never in the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.private_file import FileCalls
from codexbar_qt.core.update_memory import VersionMemory, VersionMemoryFile

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = VersionMemory(
    ran="0.7.0", before="0.6.0", is_news=True, checked_at=datetime(2026, 12, 1, 8, tzinfo=UTC), found="v0.8.0"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "updates.json"


def test_kept_between_two_runs(path: Path) -> None:
    VersionMemoryFile(path).save(KNOWN)
    assert VersionMemoryFile(path).load() == KNOWN
    assert path.stat().st_size < 200


def test_nothing_is_known_at_first(path: Path) -> None:
    assert VersionMemoryFile(path).load() == VersionMemory()
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 4000,
        b'{"ran": 7}',
        b'{"checked_at": "2026-12-01T08:00:00"}',
        b'{"checked_at": "later"}',
        b'{"format": 2, "ran": "9.0.0", "something": {"new": true}}',
        json.dumps({"ran": "1", "padding": "x" * 5000}).encode(),
    ],
)
def test_what_cannot_be_used_counts_as_nothing_and_is_made_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    file = VersionMemoryFile(path)
    assert file.load() == VersionMemory()
    file.save(KNOWN)
    assert file.load() == KNOWN


def test_fields_of_a_newer_version_do_no_harm(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"format": 1, "ran": "0.7.0", "later": [1, 2]}')
    assert VersionMemoryFile(path).load() == VersionMemory(ran="0.7.0")


def test_a_place_that_cannot_be_used_harms_nobody(path: Path) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(30, "Read-only file system")

    VersionMemoryFile(path, FileCalls(replace=refuse)).save(KNOWN)
    assert not path.exists()
    path.mkdir()
    assert VersionMemoryFile(path).load() == VersionMemory()
    VersionMemoryFile(path).save(KNOWN)
