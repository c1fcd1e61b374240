"""When a browser has written what its pages have stored: seconds later, and every storage in its own time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import CookieQuery, StorageQuery
from tests.e2e.browsers import jar
from tests.e2e.browsers.browser_process import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.adapters.browser_reader import SystemBrowserReader
    from codexbar_qt.core.ports import ProfileInfo
    from tests.e2e.browsers.sites import Site


def wait_for_writing(reader: SystemBrowserReader, browser_id: str, *sites: Sequence[Site], has_jar: bool) -> None:
    """Look until the profiles hold the last of everything; whether it is right is for the tests to say.

    `sites` are those of the first profile, of the second, and so on.
    """

    def is_written() -> bool:
        return asyncio.run(_holds_everything(reader, browser_id, sites, has_jar=has_jar))

    wait_until(is_written, "the browser has not written what its pages have stored", pause=0.3)


async def _holds_everything(
    reader: SystemBrowserReader, browser_id: str, sites: Sequence[Sequence[Site]], *, has_jar: bool
) -> bool:
    profiles = await reader.profiles(browser_id)
    if len(profiles) < len(sites):
        return False
    holds = [
        await _holds_site(reader, profile, site) for profile, own in zip(profiles, sites, strict=True) for site in own
    ]
    return all(holds) and (not has_jar or await _holds_jar(reader, profiles[0]))


async def _holds_site(reader: SystemBrowserReader, profile: ProfileInfo, site: Site) -> bool:
    names = {one.name for one in site.cookies}
    query = CookieQuery(tuple({one.domain for one in site.cookies}), lambda found: names <= set(found))
    cookies = await reader.cookies(profile, query, datetime.now(UTC))
    keys = {(one.host, one.key) for one in site.storage}
    storage = await reader.storage(profile, StorageQuery(tuple({one.host for one in site.storage})))
    stored = {(one.host, one.key) for one in storage.profile.entries} if storage.profile else set[tuple[str, str]]()
    return names <= {one.name for one in cookies.cookies} and keys <= stored


async def _holds_jar(reader: SystemBrowserReader, profile: ProfileInfo) -> bool:
    cookies = await reader.cookies(profile, jar.PASSING, datetime.now(UTC))
    counts = [(jar.STORAGE, len(jar.LOCAL_ENTRIES)), (jar.FRAMED, len(jar.FRAME_ENTRIES))]
    if profile.browser != "firefox":
        counts += [(jar.SESSION_STORAGE, len(jar.SESSION_ENTRIES)), (jar.INDEXED, 1)]
    found = [len(jar.entries(await reader.storage(profile, query))) >= count for query, count in counts]
    return all(found) and "passing" in {one.name for one in cookies.cookies}
