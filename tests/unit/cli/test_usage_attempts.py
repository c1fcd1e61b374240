"""What the text of `usage` says beside the numbers: the activity, and the ways a failed automatic run has tried."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cli.readings import Reading
from codexbar_qt.cli.usage_command import present_usage
from codexbar_qt.cli.usage_text import TextStyle, attempt_notes, usage_block
from codexbar_qt.provider_api import (
    Attempt,
    AuthRejected,
    Identity,
    MissingCredential,
    ProviderDescriptor,
    ProviderError,
    RateWindow,
    Snapshot,
    Source,
    Strategy,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
DESCRIPTOR = ProviderDescriptor("acme", "Acme", "#112233", 1, activity_prefix="Auto top-up:")
REFUSED = AuthRejected("The key of user@example.com was refused. Enter another one.")
MISSING = MissingCredential("No login was found.\x1b[2J Run acme login.")
PLAIN = TextStyle()


async def never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


def attempt(source: Source, error: ProviderError | None, label: str = "") -> Attempt:
    return Attempt(Strategy(source, never, label=label), error)


FAILED = Reading(
    DESCRIPTOR,
    "auto",
    error=MISSING,
    exit_code=1,
    attempts=(attempt(Source.API, REFUSED), attempt(Source.CLI, MISSING, "acme-cli")),
)


@pytest.mark.parametrize(
    ("login_method", "lines"),
    [
        ("Pro · Auto top-up: visa", ["Plan: Pro", "Activity: Auto top-up: visa"]),
        ("Auto top-up: off", ["Activity: Auto top-up: off"]),
        ("Pro", ["Plan: Pro"]),
    ],
)
def test_plan_and_activity_have_a_line_each(login_method: str, lines: list[str]) -> None:
    snapshot = Snapshot(NOW, RateWindow(10.0), identity=Identity(login_method=login_method))
    text = usage_block(Reading(DESCRIPTOR, "api", snapshot=snapshot), PLAIN, NOW)
    assert text.splitlines()[2:] == lines


def test_the_ways_that_were_tried_are_listed_in_order() -> None:
    assert attempt_notes(FAILED, PLAIN) == (
        "  tried api: The key of user@example.com was refused. Enter another one.",
        "  tried acme-cli: No login was found. Run acme login.",
    )
    hidden = attempt_notes(FAILED, TextStyle(hide_personal_info=True))
    assert hidden[0] == "  tried api: The key of was refused. Enter another one."


def test_one_way_or_a_success_lists_nothing() -> None:
    alone = Reading(DESCRIPTOR, "api", error=REFUSED, exit_code=1, attempts=(attempt(Source.API, REFUSED),))
    assert attempt_notes(alone, PLAIN) == ()
    attempts = (attempt(Source.API, REFUSED), attempt(Source.WEB, REFUSED), attempt(Source.CLI, None))
    assert attempt_notes(Reading(DESCRIPTOR, "cli", snapshot=Snapshot(NOW), attempts=attempts), PLAIN) == ()


def test_the_list_follows_its_own_error_and_is_for_people_only() -> None:
    other = Reading(DESCRIPTOR, "api", error=REFUSED, exit_code=1, attempts=(attempt(Source.API, REFUSED),))
    output = present_usage((FAILED, other), PLAIN, NOW)
    assert [line.split(":")[0] for line in output.errors] == ["Error", "  tried api", "  tried acme-cli", "Error"]
    assert "tried" not in str(output.json_value)
