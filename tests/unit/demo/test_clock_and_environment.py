"""The demo's time goes on from the same morning; its environment is empty."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.demo import clock as demo_clock
from codexbar_qt.demo.clock import DEMO_MORNING, DemoClock
from codexbar_qt.demo.environment import EmptyEnv

if TYPE_CHECKING:
    import pytest


def test_the_day_begins_at_the_same_moment_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([1000.0, 1000.0, 1090.5])
    monkeypatch.setattr(demo_clock, "monotonic", lambda: next(seconds))
    clock = DemoClock()
    assert clock.now() == DEMO_MORNING
    assert clock.now() == DEMO_MORNING + timedelta(seconds=90.5)


async def test_a_sleep_waits_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def note(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    await DemoClock().sleep(12.0)
    assert slept == [12.0]


def test_no_variable_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_API_KEY", "test-key-1")
    assert EmptyEnv().get("ACME_API_KEY") is None
