"""What a login method says of the plan and of what goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from codexbar_qt.core.plan_texts import plan_and_activity
from codexbar_qt.provider_api import Identity, ProviderDescriptor, Snapshot

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
PLAIN = ProviderDescriptor("acme", "Acme", "#112233", 1)
ACTIVE = ProviderDescriptor("acme", "Acme", "#112233", 1, activity_prefix="Auto top-up:")


def told(login_method: str | None) -> Snapshot:
    return Snapshot(NOW, identity=Identity(login_method=login_method))


@pytest.mark.parametrize(
    ("login_method", "parts"),
    [
        ("Pro · Auto top-up: visa", ("Pro", "Auto top-up: visa")),
        ("Pro · Team · Auto top-up: visa · soon", ("Pro · Team", "Auto top-up: visa · soon")),
        ("Auto top-up: off", ("", "Auto top-up: off")),
        ("Pro", ("Pro", "")),
        ("Pro·Auto top-up: off", ("Pro·Auto top-up: off", "")),
        ("", ("", "")),
        (None, ("", "")),
    ],
)
def test_the_activity_is_told_from_the_plan(login_method: str | None, parts: tuple[str, str]) -> None:
    assert plan_and_activity(ACTIVE, told(login_method)) == parts


def test_without_a_prefix_all_of_it_is_the_plan() -> None:
    assert plan_and_activity(PLAIN, told("Pro · Auto top-up: visa")) == ("Pro · Auto top-up: visa", "")
    assert plan_and_activity(PLAIN, Snapshot(NOW)) == plan_and_activity(PLAIN, None) == ("", "")


def test_the_label_is_dropped_and_the_plan_called_by_its_name() -> None:
    labelled = ProviderDescriptor("acme", "Acme", "#112233", 1, plan_label="Balance", plan_names=(("pro", "Pro plan"),))
    assert plan_and_activity(labelled, told("Balance: $5.00")) == ("$5.00", "")
    assert plan_and_activity(labelled, told("PRO")) == ("Pro plan", "")


@pytest.mark.parametrize(
    ("login_method", "shown"), [("pro", "Pro"), ("PRO", "Pro"), ("pro plus", "pro plus"), ("Team", "Team"), (None, "")]
)
def test_known_plan_words_are_shown_as_declared(login_method: str | None, shown: str) -> None:
    named = ProviderDescriptor("acme", "Acme", "#112233", 1, plan_names=(("pro", "Pro"),))
    assert plan_and_activity(named, told(login_method)) == (shown, "")
