"""Local cost inside the running application: what makes it read, which sources count, where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from codexbar_qt.core.cost_watch import CostParts, CostWatch
from codexbar_qt.core.preferences import Preferences
from codexbar_qt.core.session_costs import cost_wishes
from codexbar_qt.provider_testing import FakeEnv
from tests.unit.core.cost_world import FakeLogs, FakePricer

if TYPE_CHECKING:
    from codexbar_qt.core.session import AppSession
    from tests.unit.core.session_world import World

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def logs(world: World) -> FakeLogs:
    """Logs behind the session that the world builds next."""
    logs = FakeLogs(world.clock)
    world.costs = CostParts(logs, FakePricer())
    return logs


async def begin(world: World, *, on: bool = True) -> AppSession:
    world.env = FakeEnv({"CODEXBAR_PREF_TOKEN_COST_USAGE_ENABLED": str(on)})
    return await world.begin()


async def test_the_first_batch_reads_and_quitting_stops(world: World, logs: FakeLogs) -> None:
    logs.held = True
    session = await begin(world)
    assert len(logs.scans) == 1
    await session.close()
    assert logs.cancelled == 1


async def test_off_reads_nothing(world: World, logs: FakeLogs) -> None:
    session = await begin(world, on=False)
    session.popup_opened()
    session.refresh()
    await world.clock.advance(3600)
    assert logs.scans == []
    assert session.spend() is None


async def test_a_refresh_of_everything_or_of_a_source_reads(world: World, logs: FakeLogs) -> None:
    session = await begin(world)
    await world.clock.advance(61)
    session.refresh("acme")
    await world.clock.settle()
    assert len(logs.scans) == 1
    session.refresh()
    await world.clock.settle()
    assert len(logs.scans) == 2


async def test_no_batch_reads_while_nobody_is_there(world: World, logs: FakeLogs) -> None:
    session = await begin(world)
    session.pause()
    await world.clock.advance(7200)
    assert len(logs.scans) == 1
    session.resumed()
    await world.clock.advance(30)
    assert len(logs.scans) == 2


async def test_switching_on_shows_the_tab(world: World, logs: FakeLogs) -> None:
    session = await world.begin()
    assert isinstance(session.costs, CostWatch)
    await session.edit_preferences({"token_cost_usage_enabled": True})
    await world.clock.settle()
    tab = session.spend()
    assert tab is not None
    assert [block.today_text for block in tab.blocks] == ["Today: $1.00 · 1K tokens"]
    assert session.tray() == session.tray()


async def test_a_session_without_logs_has_still_costs(world: World) -> None:
    session = await world.begin()
    session.popup_opened()
    assert not session.costs.state.is_on


def test_wishes_follow_preferences_and_providers() -> None:
    plain = cost_wishes(Preferences(), ("acme",), BERLIN)
    assert (plain.is_on, plain.history_days, plain.zone) == (False, 30, BERLIN)
    assert [source.id for source in plain.sources] == ["codex", "claude"]
    stored = Preferences.model_validate(
        {
            "tokenCostUsageEnabled": True,
            "tokenCostHistoryDays": 9000,
            "tokenCostUsageBucketTimeZone": "Asia/Tokyo",
            "tokenCostPriceCatalogueEnabled": True,
        }
    )
    full = cost_wishes(stored, ("vertexai",), BERLIN)
    assert (full.is_on, full.history_days, full.uses_catalogue) == (True, 365, True)
    assert full.zone == ZoneInfo("Asia/Tokyo")
    assert [source.id for source in full.sources] == ["codex", "claude", "vertexai"]


def test_a_zone_nobody_knows_is_the_systems() -> None:
    stored = Preferences.model_validate({"tokenCostUsageBucketTimeZone": "Nowhere/City"})
    assert cost_wishes(stored, (), BERLIN).zone == BERLIN
