"""The access ledger: few records, no values, and the readings of every process."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from codexbar_qt.core.access_ledger import MOST_RECORDS, AccessLedger
from codexbar_qt.core.browser_access import AccessRecord
from codexbar_qt.core.ports import ReadSource

if TYPE_CHECKING:
    from pathlib import Path

NO_ZONE = b'[{"what":"a","item":"b","provider_id":"c","at":"2030-01-01T00:00:00","result":"r"}]'
NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
READ = ReadSource("Cookies", "~/.config/google-chrome/Default/Cookies", "3 cookies")
KEY = ReadSource("Key", "Secret Service: Chrome Safe Storage", "used")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "access-ledger.json"


def stored(path: Path) -> list[dict[str, object]]:
    """Return what is in the file."""
    found: list[dict[str, object]] = json.loads(path.read_bytes())
    return found


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)


def record(source: ReadSource, at: datetime, times: int = 1, provider: str = "acme") -> AccessRecord:
    return AccessRecord(source.what, source.item, provider, at, source.result, times)


async def test_records_survive_a_restart(path: Path) -> None:
    ledger = AccessLedger(path)
    ledger.add([READ, KEY], "acme", NOW)
    assert ledger.records == (record(READ, NOW), record(KEY, NOW))
    await ledger.sync()
    again = AccessLedger(path)
    assert again.records == ()
    assert await again.sync()
    assert set(again.records) == {record(READ, NOW), record(KEY, NOW)}
    assert not await again.sync()


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_the_file_is_private(path: Path) -> None:
    ledger = AccessLedger(path)
    ledger.add([READ], "acme", NOW)
    asyncio.run(ledger.sync())
    assert path.stat().st_mode & 0o777 == 0o600


async def test_equal_readings_are_one_record_with_the_latest_time(path: Path) -> None:
    ledger = AccessLedger(path)
    for minutes in (0, 5, 10):
        ledger.add([READ], "acme", NOW + timedelta(minutes=minutes))
        await ledger.sync()
    ledger.add([READ], "bolt", NOW)
    ledger.add([ReadSource(READ.what, READ.item, "locked")], "acme", NOW - timedelta(hours=1))
    await ledger.sync()
    assert [(item.provider_id, item.result, item.times) for item in ledger.records] == [
        ("acme", "3 cookies", 3),
        ("bolt", "3 cookies", 1),
        ("acme", "locked", 1),
    ]
    assert ledger.records[0].at == NOW + timedelta(minutes=10)
    again = AccessLedger(path)
    await again.sync()
    assert again.records == ledger.records


async def test_the_oldest_go_first(path: Path) -> None:
    ledger = AccessLedger(path)
    for number in range(MOST_RECORDS + 5):
        ledger.add([ReadSource("Cookies", f"~/{number}", "nothing")], "acme", NOW + timedelta(seconds=number))
    await ledger.sync()
    assert len(ledger.records) == len(stored(path)) == MOST_RECORDS
    assert (ledger.records[0].item, ledger.records[-1].item) == (f"~/{MOST_RECORDS + 4}", "~/5")


async def test_a_long_path_is_cut(path: Path) -> None:
    ledger = AccessLedger(path)
    ledger.add([ReadSource("Cookies", "~/" + "x" * 5000, "nothing")], "acme", NOW)
    assert len(ledger.records[0].item) == 300


def _read_much(path: Path, name: str) -> None:
    async def read() -> None:
        ledger = AccessLedger(path)
        for number in range(20):
            ledger.add([ReadSource("Cookies", f"~/{name}/{number}", "nothing"), READ], "acme", NOW)
            await ledger.sync()

    asyncio.run(read())


async def test_two_processes_write_one_ledger(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    readers = [context.Process(target=_read_much, args=(path, name)) for name in "ab"]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    ledger = AccessLedger(path)
    await ledger.sync()
    assert len(ledger.records) == 41
    assert next(item.times for item in ledger.records if item.item == READ.item) == 40


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"[" * 5000, b"x" * 600_000, NO_ZONE],
    ids=["empty", "torn", "wrong", "deep", "huge", "no zone"],
)
async def test_a_file_that_cannot_be_used_counts_as_none(path: Path, content: bytes) -> None:
    put(path, content)
    ledger = AccessLedger(path)
    assert not await ledger.sync()
    ledger.add([READ], "acme", NOW)
    await ledger.sync()
    assert ledger.records == (record(READ, NOW),)
    assert len(stored(path)) == 1


@pytest.fixture
def in_the_way(path: Path) -> Path:
    """A folder in the place of the file."""
    path.mkdir(parents=True)
    return path


async def test_what_could_not_be_written_is_written_later(
    in_the_way: Path, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ledger = AccessLedger(path)
    ledger.add([READ], "acme", NOW)
    assert not await ledger.sync()
    assert ledger.records == (record(READ, NOW),)
    assert "~/" not in caplog.text
    os.rmdir(in_the_way)  # noqa: PTH106
    ledger.add([READ], "acme", NOW)
    await ledger.sync()
    assert [item["times"] for item in stored(path)] == [2]


async def test_a_lock_that_is_never_given_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexbar_qt.core.access_ledger._LOCK_SECONDS", 0.05)
    put(path, b"[]")
    ledger = AccessLedger(path)
    ledger.add([READ], "acme", NOW)
    with FileLock(f"{path}.lock"):
        assert not await ledger.sync()
    await ledger.sync()
    assert len(stored(path)) == 1


async def test_without_a_file_it_stays_in_memory() -> None:
    ledger = AccessLedger()
    ledger.add([READ], "acme", NOW)
    assert not await ledger.sync()
    assert ledger.records == (record(READ, NOW),)
