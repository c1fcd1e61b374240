"""What services send is made fit for screens and terminals, and nothing else about it changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from codexbar_qt.core.snapshot_texts import LONGEST_TEXT, fit_to_show
from codexbar_qt.provider_api import DetailRow, DetailSection, Identity, NamedWindow, RateWindow, Snapshot

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
FAMILY = "\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e\u0648 אבג 日本"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pro", "Pro"),
        (FAMILY, FAMILY),
        ("Pro\x1b[31m", "Pro [31m"),
        ("Pro\x9b31m", "Pro 31m"),
        ("one\r\ntwo\tthree", "one two three"),
        ("\u202e%001 \u2066left", "%001  left"),
        ("\x00\n", ""),
        ("a\ud800b", "a?b"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        ("x" * 10_000_000, "x" * (LONGEST_TEXT - 1) + "…"),
    ],
)
def test_texts(text: str, shown: str) -> None:
    snapshot = Snapshot(
        NOW,
        RateWindow(1.0, reset_description=text),
        extra_windows=(NamedWindow("more", text, RateWindow(2.0)),),
        details=(DetailSection((DetailRow(text, "1"),), text),),
        identity=Identity(login_method=text),
        note=text,
    )
    fit = fit_to_show(snapshot)
    assert fit == Snapshot(
        NOW,
        RateWindow(1.0, reset_description=shown),
        extra_windows=(NamedWindow("more", shown, RateWindow(2.0)),),
        details=(DetailSection((DetailRow(shown, "1"),), shown),),
        identity=Identity(login_method=shown),
        note=shown,
    )
    assert (fit is snapshot) is (text == shown)
