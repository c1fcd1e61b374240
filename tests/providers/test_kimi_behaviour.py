"""What no recorded case of Kimi can show: what is read when, and that nothing waits for browsers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_providers.kimi import PROVIDER, membership
from codexbar_providers.kimi.sessions import session_for_extras
from codexbar_qt.provider_api import Source
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, load_case
from codexbar_qt.provider_testing.fake_browsers import FakeBrowsers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from codexbar_qt.provider_api import CookieCandidate, CookieQuery

CASES = Path(__file__).parent / "kimi"


def ports_of(name: str) -> CasePorts:
    return CasePorts.from_case(load_case(CASES / f"{name}.json"), PROVIDER)


class StuckBrowsers(FakeBrowsers):
    """A browser whose reading does not end."""

    def __init__(self) -> None:
        super().__init__(())
        self.was_cancelled = False

    async def candidates(self, query: CookieQuery, *, use_cache: bool = True) -> AsyncIterator[CookieCandidate]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        yield await anext(super().candidates(query, use_cache=use_cache))


async def test_an_answer_does_not_wait_for_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "GRACE_SECONDS", 0.01)
    stuck, ports = StuckBrowsers(), ports_of("api_key")
    result = await run_strategies(PROVIDER, replace(ports.context, cookies=stuck), Source.API)
    assert result.snapshot is not None
    assert result.snapshot.extra_windows == ()
    assert stuck.was_cancelled


@pytest.mark.parametrize("name", ["found_cached", "desktop_linux", "found_variable_first", "enriched_from_cache"])
async def test_no_browser_is_read_while_something_else_works(name: str) -> None:
    ports = ports_of(name)
    await run_strategies(PROVIDER, ports.context, Source.AUTO if name.startswith("enriched") else Source.WEB)
    assert ports.browsers.read == []


async def test_what_is_only_beside_an_answer_does_not_read_browsers_at_every_fetch() -> None:
    ports = ports_of("found_no_cookies")
    assert await session_for_extras(ports.context) is None
    assert await session_for_extras(ports.context) is None
    assert ports.browsers.read == ["Chrome Default"]
    assert await session_for_extras(replace(ports.context, interactive=True)) is None
    assert ports.browsers.read == ["Chrome Default"] * 2
    await ports.context.clock.sleep(3601)
    assert await session_for_extras(ports.context) is None
    assert ports.browsers.read == ["Chrome Default"] * 3


async def test_browsers_behind_the_first_session_stay_unread() -> None:
    ports = ports_of("found_browser_order")
    result = await run_strategies(PROVIDER, ports.context, Source.WEB)
    assert result.snapshot is not None
    assert ports.browsers.read == ["Arc Default", "Chrome Default", "Safari"]
