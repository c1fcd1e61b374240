"""The line that says how far a scan is."""

from __future__ import annotations

import pytest

from codexbar_qt.cli.progress_line import ProgressLine, progress_text
from codexbar_qt.cost.values import ScanProgress


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (ScanProgress(412, 900, 310_200_000, 576_900_000), "Reading logs: 412 of 900 files, 310 of 577 MB"),
        (ScanProgress(0, 1, 0, 400_000), "Reading logs: 0 of 1 file, 0 of 0 MB"),
        (ScanProgress(1, 12345, 0, 2_000_000_000), "Reading logs: 1 of 12,345 files, 0 of 2,000 MB"),
    ],
)
def test_words(progress: ScanProgress, text: str) -> None:
    assert progress_text(progress) == text


def screen(written: list[str]) -> str:
    """What a terminal shows in one line after carriage returns."""
    shown: list[str] = []
    for part in "".join(written).split("\r"):
        shown[: len(part)] = part
    return "".join(shown)


def test_it_writes_over_itself_and_goes() -> None:
    written: list[str] = []
    line = ProgressLine(written.append)
    line.erase()
    assert written == []
    line.show(ScanProgress(999, 1000, 10_000_000, 10_000_000))
    line.show(ScanProgress(1, 9, 0, 10_000_000))
    assert screen(written).rstrip() == "Reading logs: 1 of 9 files, 0 of 10 MB"
    line.erase()
    assert screen(written).strip() == ""
    assert written[-1].endswith("\r")
