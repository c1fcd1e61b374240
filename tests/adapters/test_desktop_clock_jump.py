"""Sleep seen in the clocks."""

from __future__ import annotations

import pytest

from codexbar_qt.adapters.desktop.clock_jump import ClockJumpWatcher


class Clocks:
    def __init__(self) -> None:
        self.monotonic, self.wall = 1000.0, 1_800_000_000.0

    def watcher(self) -> ClockJumpWatcher:
        return ClockJumpWatcher(60, 30, monotonic=lambda: self.monotonic, wall=lambda: self.wall)


@pytest.mark.parametrize(
    ("monotonic", "wall", "jumped"),
    [
        (60, 60, False),
        (60, 90, False),
        (60, 90.1, True),
        (60, 3660, True),  # Linux, macOS: only the wall clock went on
        (3660, 3660, True),  # Windows: both went on, the look came late
        (90, 90, False),
        (90.1, 90.1, True),
        (60, -3600, False),  # the wall clock was set back
        (0, 0, False),
    ],
)
def test_jumps(monotonic: float, wall: float, jumped: bool) -> None:
    clocks = Clocks()
    watcher = clocks.watcher()
    clocks.monotonic += monotonic
    clocks.wall += wall
    assert watcher.has_jumped() is jumped
    assert watcher.has_jumped() is False


def test_small_drift_never_adds_up() -> None:
    clocks = Clocks()
    watcher = clocks.watcher()
    for _ in range(100):
        clocks.monotonic += 60
        clocks.wall += 61
        assert not watcher.has_jumped()


def test_own_clocks() -> None:
    assert ClockJumpWatcher().has_jumped() is False
