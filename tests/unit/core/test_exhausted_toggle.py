"""Whether an exhausted lane stands for a provider may follow a switch of people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.provider_api import RateWindow, Snapshot, ToggleSetting

if TYPE_CHECKING:
    from tests.unit.core.session_world import World


@pytest.mark.parametrize(("stored", "left"), [(None, 60.0), (False, 60.0), (True, 0.0), ("yes", 60.0)])
async def test_tab_and_tooltip_follow_the_switch(world: World, stored: str | bool | None, left: float) -> None:
    acme, bolt = world.providers
    toggle = ToggleSetting("preferSpent", "Prefer what is spent")
    descriptor = replace(acme.descriptor, settings=(*acme.descriptor.settings, toggle), exhausted_toggle="preferSpent")
    world.providers = (replace(acme, descriptor=descriptor, tray_text=None), bolt)
    world.answers["acme"] = Snapshot(world.clock.now(), RateWindow(40.0), RateWindow(100.0))
    session = await world.begin()
    if stored is not None:
        await session.edit_config(lambda root: config_edit.set_field(root, world.providers[0], "preferSpent", stored))
        await world.clock.settle()
    assert session.tab("acme").strip == left
    assert f"Acme: {left:.0f}% left" in session.tray().tooltip
    await session.edit_config(lambda root: config_edit.set_field(root, world.providers[0], "preferSpent", False))
    assert session.tab("acme").strip == 60.0
    assert descriptor.auto_prefers_exhausted is False
