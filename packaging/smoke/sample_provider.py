"""The provider of a user's own that the smoke test puts beside the config: it needs no network and no account.

It imports modules of the standard library that the app itself does not use. A frozen app must carry them all the same.
"""

from __future__ import annotations

import colorsys
import graphlib
import sqlite3
import wave
from contextlib import closing

from codexbar_qt.provider_api import (
    FetchContext,
    Provider,
    ProviderDescriptor,
    RateWindow,
    Snapshot,
    Source,
    Strategy,
    WindowSpec,
)

USED_PERCENT = 42

DESCRIPTOR = ProviderDescriptor(
    id="smoke",
    name="Smoke test",
    color="#6B7280",
    order=999,
    windows=WindowSpec(primary="Session", secondary="", card_order=("primary",)),
)


async def fetch(ctx: FetchContext) -> Snapshot:
    """Return the same share every time, through some of the modules named above."""
    order = tuple(graphlib.TopologicalSorter({"share": {"modules"}}).static_order())
    if (order, wave.WAVE_FORMAT_PCM, colorsys.rgb_to_hsv(0, 0, 0)) != (("modules", "share"), 1, (0, 0, 0)):
        raise ValueError("The standard library is not what it should be.")
    with closing(sqlite3.connect(":memory:")) as database:
        (used,) = database.execute("SELECT ?", (USED_PERCENT,)).fetchone()
    return Snapshot(updated_at=ctx.clock.now(), primary=RateWindow(used_percent=used))


PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.API, fetch),))
