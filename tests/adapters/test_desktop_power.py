"""When automatic work should be rare."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import psutil
import pytest

from codexbar_qt.adapters.desktop.power import PowerFacts, PowerReader, is_low_power, read_battery_facts


@pytest.mark.parametrize(
    ("facts", "low"),
    [
        (PowerFacts(), False),
        (PowerFacts(on_battery=False, charge=5, saver=True), False),
        (PowerFacts(on_battery=True, charge=90, saver=True), True),
        (PowerFacts(on_battery=True, charge=5, saver=False), False),
        (PowerFacts(on_battery=True, charge=20), True),
        (PowerFacts(on_battery=True, charge=21), False),
        (PowerFacts(on_battery=True), False),
        (PowerFacts(saver=True), True),
    ],
)
def test_low_power(facts: PowerFacts, low: bool) -> None:
    assert is_low_power(facts) is low


async def _on() -> bool:
    return True


async def _fail() -> bool:
    pytest.fail("asked for nothing")


async def test_saver_is_asked_on_battery() -> None:
    assert await PowerReader(_on, lambda: PowerFacts(on_battery=True, charge=80)).is_low()


@pytest.mark.parametrize(
    "facts", [PowerFacts(), PowerFacts(on_battery=False), PowerFacts(on_battery=True, saver=False)]
)
async def test_saver_is_not_asked_in_vain(facts: PowerFacts) -> None:
    assert not await PowerReader(_fail, lambda: facts).is_low()


async def test_silence_is_not_low(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr("codexbar_qt.adapters.desktop.power._LONGEST_SECONDS", 0.01)
    assert not await PowerReader(never, lambda: PowerFacts(on_battery=True, charge=1)).is_low()


async def test_failure_is_not_low() -> None:
    def broken() -> PowerFacts:
        raise OSError

    assert not await PowerReader(_on, broken).is_low()


@pytest.mark.parametrize(
    ("battery", "facts"),
    [
        (None, (None, None)),
        (SimpleNamespace(percent=41, power_plugged=False), (True, 41.0)),
        (SimpleNamespace(percent=99.5, power_plugged=True), (False, 99.5)),
        (SimpleNamespace(percent=50, power_plugged=None), (None, 50.0)),
    ],
)
def test_battery(monkeypatch: pytest.MonkeyPatch, battery: object, facts: tuple[bool | None, float | None]) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    read = read_battery_facts()
    assert (read.on_battery, read.charge) == facts


def test_unreadable_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise NotImplementedError

    monkeypatch.setattr(psutil, "sensors_battery", broken, raising=False)
    assert read_battery_facts().on_battery is None
