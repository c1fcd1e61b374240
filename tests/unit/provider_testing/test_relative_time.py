"""Times relative to a case's now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.provider_testing.relative_time import relative_time, resolve_times

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("now", "2030-01-08T12:00:00Z"),
        ("now+2h14m", "2030-01-08T14:14:00Z"),
        ("now-1d", "2030-01-07T12:00:00Z"),
        ("now+1d2h3m4s", "2030-01-09T14:03:04Z"),
        ("reset at {{now+5m}}, said {{now|date}}", "reset at 2030-01-08T12:05:00Z, said 2030-01-08"),
        ("{{now+9d|month/day}}", "01/17"),
        ("{{now+1s|epoch}}", 1894104001),
        ("at {{now|epoch}}", "at 1894104000"),
        ("now+", "now+"),
        ("now+5", "now+5"),
        ("now+5m2h", "now+5m2h"),
        ("nowhere", "nowhere"),
        ("{{now|year}}", "{{now|year}}"),
    ],
)
def test_texts(text: str, resolved: object) -> None:
    assert resolve_times(text, NOW) == resolved


def test_documents() -> None:
    document = {"now": ["now", {"a": "now+1h"}], "b": 5, "c": None, "d": True}
    assert resolve_times(document, NOW) == {
        "now": ["2030-01-08T12:00:00Z", {"a": "2030-01-08T13:00:00Z"}],
        "b": 5,
        "c": None,
        "d": True,
    }


def test_relative_time() -> None:
    assert relative_time("now-90s", NOW) == NOW - timedelta(seconds=90)
    with pytest.raises(ValueError, match="not a relative time"):
        relative_time("later", NOW)
