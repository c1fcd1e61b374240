"""Which request a recorded answer is for."""

from __future__ import annotations

import pytest

from codexbar_qt.provider_testing import HttpAnswer

PLACE = "https://api.example.com/v1/series"


@pytest.mark.parametrize(
    ("recorded", "asked", "is_it"),
    [
        (PLACE, PLACE, True),
        (PLACE, f"{PLACE}?x=1", False),
        (f"{PLACE}?from=*&to=*&x=1", f"{PLACE}?from=2030-01-08T12%3A00%3A00Z&to=&x=1", True),
        (f"{PLACE}?from=*", f"{PLACE}?from=1", True),
        (f"{PLACE}?from=*", f"{PLACE}?from=1&x=1", False),
        (f"{PLACE}?from=*&x=1", f"{PLACE}?from=1&x=2", False),
        (f"{PLACE}?from=*", "https://api.example.org/v1/series?from=1", False),
        (f"{PLACE}?pattern=a*", f"{PLACE}?pattern=ab", False),
        (f"{PLACE}?pattern=*a", f"{PLACE}?pattern=ba", False),
    ],
)
def test_a_star_stands_for_any_value_of_the_query(recorded: str, asked: str, is_it: bool) -> None:
    assert HttpAnswer("GET", recorded).is_for("GET", asked) is is_it


def test_the_method_counts() -> None:
    assert not HttpAnswer("GET", PLACE).is_for("POST", PLACE)
