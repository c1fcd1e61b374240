"""Local cost of the demo: the same every time, and rows that add up to the ledgers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from codexbar_qt.cost.values import ScanProgress, TokenCounts
from codexbar_qt.demo.cost_logs import DemoCostLogs
from codexbar_qt.provider_testing.fakes import FakeClock

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


async def test_every_scan_gives_the_same() -> None:
    first, second = [await DemoCostLogs(FakeClock(NOW)).scan() for _ in range(2)]
    assert first == second
    assert first.scanned_at == (NOW + timedelta(seconds=0.8)).timestamp()
    assert {bucket.source for ledger in first.ledgers for bucket in ledger.buckets} == {"claude", "codex", "vertexai"}


async def test_it_tells_how_far_it_is() -> None:
    told: list[ScanProgress] = []
    await DemoCostLogs(FakeClock(NOW)).scan(progress=told.append)
    assert [one.files_done for one in told] == [0, 85, 170, 255]
    assert {one.files_total for one in told} == {340}


async def test_rows_add_up_to_the_ledger() -> None:
    logs = DemoCostLogs(FakeClock(NOW))
    ledger = next(one for one in (await logs.scan()).ledgers if one.family == "codex")
    first = int((NOW - timedelta(days=99)).replace(hour=0).timestamp())
    rows = (await logs.rows("codex", first, int(NOW.timestamp()) + 86_400, limit=100_000)).rows
    assert (len(rows), sum(row.copies for row in rows)) == (ledger.rows, ledger.duplicates)
    summed, total = TokenCounts(), TokenCounts()
    for row in rows:
        summed += row.tokens
    for bucket in ledger.buckets:
        total += bucket.tokens
    assert summed == total
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    page = await logs.rows("codex", first, int(NOW.timestamp()), limit=10)
    assert (page.rows, page.total > 10) == (rows[:10], True)


async def test_nothing_lies_ahead_and_nothing_is_kept() -> None:
    logs = DemoCostLogs(FakeClock(NOW))
    page = await logs.rows("claude", int(NOW.timestamp()) - 86_400, int(NOW.timestamp()) + 86_400)
    assert page.rows
    assert all(row.at < NOW.timestamp() for row in page.rows)
    assert await logs.clear() == 0
