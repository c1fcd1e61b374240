"""The loading animation: what it draws when, and that it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from codexbar_qt.ui.loading_animation import LoadingAnimation, LoadingPattern, loading_frame

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUARTER = 1.5707963267948966 / 2.7


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize("pattern", get_args(LoadingPattern))
def test_lanes_never_look_spent(pattern: LoadingPattern) -> None:
    frames = [loading_frame(pattern, tenth / 10) for tenth in range(100)]
    assert all(0 < value <= 100 for frame in frames for value in frame)
    assert len({round(top) for top, _ in frames}) > 10


@pytest.mark.parametrize(
    ("pattern", "seconds", "frame"),
    [
        ("knight_rider", 0, (50, 50)),
        ("knight_rider", QUARTER, (100, 0.5)),
        ("knight_rider", 3 * QUARTER, (0.5, 100)),
        ("cylon", QUARTER, (25, 50)),
        ("outside_in", 0, (100, 0.5)),
        ("race", QUARTER, (30, 50)),
        ("pulse", 3 * QUARTER, (40, 70)),
    ],
)
def test_patterns(pattern: LoadingPattern, seconds: float, frame: tuple[float, float]) -> None:
    assert loading_frame(pattern, seconds) == pytest.approx(frame, abs=0.01)


def test_runs_ten_seconds_and_no_longer(qtbot: QtBot) -> None:
    clock = Stopwatch()
    animation = LoadingAnimation(monotonic=clock)
    frames: list[tuple[float, float]] = []
    finished: list[bool] = []
    animation.frame.connect(lambda top, bottom: frames.append((top, bottom)))
    animation.finished.connect(lambda: finished.append(True))
    animation.start()
    assert frames == [pytest.approx((50, 50))]
    animation.start()
    assert len(frames) == 1
    clock.seconds += 9.99
    animation.advance()
    seen = [(len(frames), animation.running, len(finished))]
    clock.seconds += 0.01
    animation.advance()
    seen.append((len(frames), animation.running, len(finished)))
    assert seen == [(2, True, 0), (2, False, 1)]


def test_draws_by_itself_until_stopped(qtbot: QtBot) -> None:
    animation = LoadingAnimation()
    with qtbot.waitSignals([animation.frame] * 3):
        animation.start()
    animation.stop()
    frames: list[float] = []
    animation.frame.connect(lambda top, _: frames.append(top))
    animation.advance()
    assert not animation.running and not frames
