"""Six hours of rest after a refusal, also across restarts and for every process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.denial_cooldown import DenialCooldown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.core.conftest import ManualClock

HOUR = 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "browser-denial.json"


async def test_it_lasts_six_hours_across_restarts(clock: ManualClock, path: Path) -> None:
    assert not await DenialCooldown(clock, path).is_active()
    await DenialCooldown(clock, path).start("chrome")
    assert await DenialCooldown(clock, path).is_active()
    await clock.advance(6 * HOUR - 1)
    assert await DenialCooldown(clock, path).is_active()
    await clock.advance(1)
    assert not await DenialCooldown(clock, path).is_active()


async def test_it_ends_when_people_allow_after_all(clock: ManualClock, path: Path) -> None:
    tray, command = DenialCooldown(clock, path), DenialCooldown(clock, path)
    await tray.start("chrome")
    assert await command.is_active()
    await tray.end()
    assert not await command.is_active()


async def test_a_clock_that_was_set_back_does_not_prolong_it(clock: ManualClock, path: Path) -> None:
    cooldown = DenialCooldown(clock, path)
    await cooldown.start("chrome")
    clock.set_back(7 * HOUR)
    assert not await cooldown.is_active()


@pytest.fixture
def write(path: Path) -> Callable[[str], object]:
    path.parent.mkdir()
    return path.write_text


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"deniedAt": 5}', '{"deniedAt": "soon"}', '{"deniedAt": "2026-07-16T12:00:05"}']
)
async def test_a_file_that_cannot_be_used_is_no_refusal(
    clock: ManualClock, path: Path, write: Callable[[str], object], text: str
) -> None:
    write(text)
    assert not await DenialCooldown(clock, path).is_active()


async def test_without_a_place_it_holds_for_this_process(clock: ManualClock, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    for path in (None, tmp_path / "cache" / "browser-denial.json"):
        cooldown = DenialCooldown(clock, path)
        await cooldown.start("chrome")
        assert await cooldown.is_active()
        await cooldown.end()
        assert not await cooldown.is_active()
