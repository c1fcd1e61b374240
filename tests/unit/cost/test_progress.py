"""How far a scan is."""

from __future__ import annotations

from codexbar_qt.cost.progress import Progress
from codexbar_qt.cost.values import ScanProgress


def test_tells_the_first_and_the_last_and_not_all_between() -> None:
    told: list[ScanProgress] = []
    now = 100.0
    progress = Progress(told.append, clock=lambda: now)
    progress.expect(2, 300)
    for _ in range(3):
        progress.read(50)
    progress.file_done()
    now += 1
    progress.read(50)
    progress.read(50)
    progress.read(50)
    progress.file_done()
    assert told == [
        ScanProgress(0, 2, 0, 300),
        ScanProgress(1, 2, 200, 300),
        ScanProgress(2, 2, 300, 300),
    ]


def test_families_add_up_and_a_growing_log_ends_at_the_whole() -> None:
    told: list[ScanProgress] = []
    progress = Progress(told.append, clock=iter(range(1000)).__next__)
    progress.expect(1, 10)
    progress.read(25)
    progress.file_done()
    progress.expect(0, 0)
    progress.expect(1, 5)
    progress.read(5)
    progress.file_done()
    assert (told[1], told[-1]) == (ScanProgress(0, 1, 10, 10), ScanProgress(2, 2, 15, 15))


def test_nothing_to_read_is_nothing_to_tell() -> None:
    told: list[ScanProgress] = []
    Progress(told.append).expect(0, 0)
    assert told == []
