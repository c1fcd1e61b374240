"""Whether a fetch has read any profile: told apart from "nothing was found" by providers."""

from __future__ import annotations

from tests.unit.core.browser_world import CHROME, QUERY, BrowserWorld, FakeBrowser


async def test_a_profile_without_a_session_counts_as_read(browsers: BrowserWorld) -> None:
    browsers.have(FakeBrowser(CHROME, {"Empty": ""}))
    fetch = browsers.shared.of("acme")
    assert not fetch.has_read()
    assert [candidate async for candidate in fetch.candidates(QUERY)] == []
    assert fetch.has_read()


async def test_a_browser_that_may_not_be_read_does_not(browsers: BrowserWorld) -> None:
    browsers.have(FakeBrowser(CHROME, {"Work": "test-cookie-1"}), allowed=False)
    fetch = browsers.shared.of("acme")
    assert [candidate async for candidate in fetch.candidates(QUERY)] == []
    assert not fetch.has_read()
