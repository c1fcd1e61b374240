"""Local cost of the demo: the same every time, and rows that add up to the ledgers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from codexbar_qt.cost.values import TokenCounts
from codexbar_qt.demo.cost_logs import DemoCostLogs
from codexbar_qt.provider_testing.fakes import FakeClock

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


async def test_every_scan_gives_the_same() -> None:
    first, second = [await DemoCostLogs(FakeClock(NOW)).scan() for _ in range(2)]
    assert first == second
    assert first.scanned_at == NOW.timestamp()
    assert {bucket.source for ledger in first.ledgers for bucket in ledger.buckets} == {"claude", "codex", "vertexai"}


async def test_rows_add_up_to_the_ledger() -> None:
    logs = DemoCostLogs(FakeClock(NOW))
    ledger = next(one for one in (await logs.scan()).ledgers if one.family == "codex")
    begin = int((NOW - timedelta(days=200)).timestamp())
    page = await logs.rows("codex", begin, int(NOW.timestamp()) + 86_400, limit=10)
    assert len(page.rows) == 10
    everything = await logs.rows("codex", begin, int(NOW.timestamp()) + 86_400, limit=100_000)
    total = TokenCounts()
    for bucket in ledger.buckets:
        total += bucket.tokens
    summed = TokenCounts()
    for row in everything.rows:
        summed += row.tokens
    since = int((NOW - timedelta(days=119)).replace(hour=0).timestamp())
    assert sum(row.at >= since for row in everything.rows) == ledger.rows
    assert summed.total >= total.total
    assert [row.at for row in page.rows] == sorted(row.at for row in page.rows)


async def test_nothing_lies_ahead_and_nothing_is_kept() -> None:
    logs = DemoCostLogs(FakeClock(NOW))
    page = await logs.rows("claude", int(NOW.timestamp()) - 86_400, int(NOW.timestamp()) + 86_400)
    assert all(row.at < NOW.timestamp() for row in page.rows)
    assert await logs.clear() == 0
