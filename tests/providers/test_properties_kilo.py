"""Whatever the service answers or the CLI's file holds: a value or a ProviderError, never a number that is none."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.kilo.batch import parse_batch
from codexbar_providers.kilo.cli_session import parse_session
from codexbar_providers.kilo.credits import parse_credits
from codexbar_providers.kilo.kilo_pass import parse_pass, parse_plan, parse_top_up
from codexbar_providers.kilo.loose import contexts, flag, moment, number
from codexbar_providers.kilo.organizations import parse_organizations
from codexbar_providers.kilo.parse import parse_usage
from codexbar_qt.provider_api import JsonView, ProviderError, RateWindow

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2030, 6, 10, 12, tzinfo=UTC)
KEYS = (
    "creditBlocks",
    "blocks",
    "amount_mUsd",
    "balance_mUsd",
    "totalBalance_mUsd",
    "used",
    "total",
    "remaining",
    "limit",
    "amountCents",
    "usedCents",
    "subscription",
    "tier",
    "currentPeriodUsageUsd",
    "currentPeriodBaseCreditsUsd",
    "currentPeriodBonusCreditsUsd",
    "nextBillingAt",
    "resetsAt",
    "bonus",
    "planName",
    "plan",
    "name",
    "state",
    "enabled",
    "status",
    "autoTopUpEnabled",
    "paymentMethod",
    "amount",
    "organizations",
    "id",
    "role",
)
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -1, 1e15, 1e16, 10**400, 1900000000, 1900000000000]),
)
WORDS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["tier_49", "on", "off", "1e400", "-0", " 12.5 ", "1_000", "\u0661", "inf", "nan", "2030-03-28", "Day Pass"]
    ),
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)
ENTRIES = st.one_of(
    JSON.map(lambda payload: {"result": {"data": {"json": payload}}}),
    JSON.map(lambda payload: {"result": {"data": payload}}),
    JSON.map(lambda payload: {"result": {"json": payload}}),
    st.fixed_dictionaries({"error": st.dictionaries(st.sampled_from(["json", "data", "code", "message"]), JSON)}),
    JSON,
)
BATCHES = st.one_of(
    st.lists(ENTRIES, max_size=4), st.dictionaries(st.sampled_from(["0", "1", "2", "3", "x"]), ENTRIES), ENTRIES
)


def check_window(window: RateWindow | None) -> None:
    if window is None:
        return
    assert 0 <= window.used_percent <= 100
    assert window.reset_description
    assert not any(word in window.reset_description for word in ("nan", "inf", "e+", "$-"))
    assert window.resets_at is None or window.resets_at.utcoffset() is not None


@given(root=BATCHES)
def test_any_batch_is_a_snapshot_or_a_provider_error(root: object) -> None:
    try:
        snapshot = parse_usage(JsonView(root), now=NOW)
    except ProviderError as error:
        assert error.message.endswith(".")
        return
    check_window(snapshot.primary)
    check_window(snapshot.secondary)
    assert snapshot.tertiary is None
    assert snapshot.identity is not None
    assert snapshot.identity.login_method is None or snapshot.identity.login_method.strip()


@given(payload=JSON, credits_payload=JSON)
def test_any_payload_gives_lanes_and_words(payload: object, credits_payload: object) -> None:
    check_window(parse_credits(payload))
    check_window(parse_pass(payload))
    assert parse_plan(payload) != ""
    assert (parse_top_up(payload, credits_payload) or "Auto top-up: off").startswith("Auto top-up: ")


@given(root=BATCHES)
def test_any_answer_lists_organizations_or_none(root: object) -> None:
    try:
        found = parse_organizations(JsonView(root))
    except ProviderError:
        return
    assert all(scope.id.strip() and scope.name.strip() for scope in found)
    assert len({scope.id for scope in found}) == len(found)


@given(root=BATCHES)
def test_any_batch_is_told_apart_by_index(root: object) -> None:
    try:
        payloads = parse_batch(JsonView(root))
    except ProviderError:
        return
    if isinstance(root, list) and len(root) < 3:
        assert payloads.top_up is None
    if isinstance(root, dict) and not {"result", "error"} & set(root) and "1" not in root:
        assert payloads.kilo_pass is None


@given(text=st.one_of(st.text(), JSON.map(json.dumps), JSON.map(lambda value: json.dumps({"kilo": {"access": value}}))))
def test_any_file_has_a_token_that_can_be_sent_or_none(text: str) -> None:
    found = parse_session(text)
    assert found is None or (found.reveal().strip() == found.reveal() != "" and found.reveal().isprintable())


@given(value=JSON)
@pytest.mark.parametrize("read", [number, flag, moment, contexts])
def test_loose_reading_never_raises(read: Callable[[object], object], value: object) -> None:
    found = read(value)
    if read is number and found is not None:
        assert isinstance(found, float)
        assert math.isfinite(found)
    if read is moment and found is not None:
        assert isinstance(found, datetime)
        assert found.utcoffset() is not None


@given(used=st.floats(0, 1e9), total=st.floats(0, 1e9))
def test_the_share_is_that_of_the_total(used: float, total: float) -> None:
    window = parse_credits({"used": used, "total": total})
    assert window is not None
    wanted = 100.0 if total == 0 else min(100.0, used / total * 100)
    assert math.isclose(window.used_percent, wanted, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("value", [True, False, None, [], {}, "", "1_0", "\u0661", "0x10", "1e9999", 10**400, -1e16])
def test_what_is_no_number(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1900000000, 1900000000),
        ("1900000000000", 1900000000),
        (10_000_000_000, 10_000_000_000),
        (10_000_000_001, 10_000_000.001),
        ("2030-03-28T04:00:00.000Z", 1900900800),
        ("2030-03-28T05:00:00+01:00", 1900900800),
        (-1, None),
        (True, None),
        ("soon", None),
        ("", None),
    ],
)
def test_times(value: object, wanted: float | None) -> None:
    found = moment(value)
    assert (None if found is None else found.timestamp()) == wanted


def test_a_huge_payload_is_looked_at_in_part() -> None:
    payload = {"pages": [{"n": place} for place in range(5000)], "total": 4, "used": 1}
    assert len(contexts(payload)) == 500
    window = parse_credits(payload)
    assert window is not None
    assert window.used_percent == 25
