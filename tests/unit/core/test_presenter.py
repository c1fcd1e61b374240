"""From state to card: every subtitle, row kind, placeholder and fix."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from codexbar_qt.core.account import AccountKey, AccountState, fail, succeed
from codexbar_qt.core.card_state import CardState, MoneyBlock
from codexbar_qt.core.lanes import main_lane
from codexbar_qt.core.presenter import Look, present_card, present_tab
from codexbar_qt.provider_api import (
    AuthRejected,
    ChartPoint,
    CostSummary,
    CreditLimit,
    Credits,
    DetailChart,
    DetailRow,
    DetailSection,
    Identity,
    MissingCredential,
    NamedWindow,
    ParseError,
    ProviderCost,
    ProviderDescriptor,
    ProviderError,
    RateLimited,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
    SpendRow,
    WindowSpec,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
KEY = AccountKey("acme")
ACME = ProviderDescriptor("acme", "Acme AI", "#112233", 1, short_name="Acme")
WINDOW = RateWindow(28.0, 300, NOW + timedelta(hours=2, minutes=14))
LOOK = Look()


def card(
    state: AccountState, *, descriptor: ProviderDescriptor = ACME, look: Look = LOOK, label: str = ""
) -> CardState:
    return present_card(descriptor, KEY, state, look, NOW, account_label=label)


def known(**fields: object) -> AccountState:
    return AccountState(snapshot=replace(Snapshot(NOW), **fields), source="api", attempted_at=NOW)  # type: ignore[arg-type]


def test_a_row_says_what_is_left_and_when_it_resets() -> None:
    shown = card(known(primary=WINDOW))
    row = shown.rows[0]
    assert (row.label, row.value_text, row.fill, row.reset_text) == ("Session", "72% left", 72.0, "Resets in 2h 14m")
    assert row.accessible_text == "Session, 72% left, Resets in 2h 14m"
    assert (shown.subtitle, shown.stale, shown.placeholder) == ("Updated just now · api", False, "")


def test_used_flips_text_and_bar() -> None:
    row = card(known(primary=WINDOW), look=Look(show_used=True)).rows[0]
    assert (row.value_text, row.fill) == ("28% used", 28.0)


def test_what_the_service_says_is_left_wins_over_used() -> None:
    row = card(known(primary=RateWindow(28.0, remaining_percent=60.0))).rows[0]
    assert (row.value_text, row.fill) == ("60% left", 60.0)


def test_rows_follow_the_declared_order_and_extras_come_last() -> None:
    spec = WindowSpec("Weekly", "5-hour", "", card_order=("secondary", "primary"))
    extra = NamedWindow("x", "Extra", RateWindow(0), usage_known=False)
    state = known(primary=WINDOW, secondary=RateWindow(100.0), extra_windows=(extra,))
    rows = card(state, descriptor=replace(ACME, windows=spec)).rows
    assert [(row.label, row.value_text, row.spent) for row in rows] == [
        ("5-hour", "0% left", True),
        ("Weekly", "72% left", False),
        ("Extra", "Unavailable", False),
    ]
    assert rows[2].fill is None


def test_a_date_is_a_note_and_no_lane() -> None:
    dates = [
        NamedWindow("renewal", "Renews", RateWindow(0.0, resets_at=moment), is_date=True) for moment in (NOW, None)
    ]
    shown = card(known(extra_windows=tuple(dates)))
    assert (shown.rows, shown.notes) == ((), (f"Renews: Jan {NOW.day}, {NOW.year}",))
    assert main_lane(ACME, Snapshot(NOW, extra_windows=tuple(dates)), NOW) is None


def test_a_detail_description_never_stands_behind_resets() -> None:
    window = replace(WINDOW, reset_description="90/900 requests")
    row = card(known(primary=window), descriptor=replace(ACME, details_are_not_resets=True)).rows[0]
    assert (row.reset_text, row.detail_text) == ("Resets in 2h 14m", "90/900 requests")
    plain = card(known(primary=replace(window, resets_at=None))).rows[0]
    assert (plain.reset_text, plain.detail_text) == ("Resets 90/900 requests", "")


@pytest.mark.parametrize("show_used", [False, True])
def test_unlimited_replaces_the_percentage_and_fills_the_bar(show_used: bool) -> None:
    row = card(known(primary=RateWindow(0, reset_description="Unlimited")), look=Look(show_used=show_used)).rows[0]
    assert (row.value_text, row.fill, row.reset_text) == ("Unlimited", 100.0, "")


def test_a_spent_longer_lane_binds_the_primary_one() -> None:
    weekly = RateWindow(100.0, 10080, NOW + timedelta(days=2))
    state = known(primary=WINDOW, secondary=weekly)
    bound = card(state, descriptor=replace(ACME, binding_cap=True)).rows[0]
    assert (bound.value_text, bound.reset_text) == ("0% left", "Resets in 2d")
    assert card(state).rows[0].value_text == "72% left"
    undated = known(primary=WINDOW, secondary=replace(weekly, resets_at=None))
    assert card(undated, descriptor=replace(ACME, binding_cap=True)).rows[0].reset_text == ""
    past = known(primary=WINDOW, secondary=replace(weekly, resets_at=NOW - timedelta(hours=1)))
    assert card(past, descriptor=replace(ACME, binding_cap=True)).rows[0].value_text == "72% left"


@pytest.mark.parametrize(
    ("state", "subtitle", "kind"),
    [
        (AccountState(), "Not fetched yet", "never"),
        (AccountState(refreshing=True), "Refreshing…", "refreshing"),
        (known(primary=WINDOW), "Updated just now · api", "updated"),
        (replace(known(primary=WINDOW), refreshing=True), "Refreshing…", "refreshing"),
        (
            replace(known(primary=WINDOW), error=ParseError("Odd answer.")),
            "Odd answer. The numbers are from just now (api).",
            "error",
        ),
        (AccountState(no_limits=True, attempted_at=NOW - timedelta(minutes=5)), "Updated 5m ago", "updated"),
    ],
)
def test_subtitle(state: AccountState, subtitle: str, kind: str) -> None:
    shown = card(state)
    assert (shown.subtitle, shown.subtitle_kind) == (subtitle, kind)


@pytest.mark.parametrize(
    ("state", "placeholder"),
    [
        (AccountState(), "No usage yet"),
        (AccountState(refreshing=True), ""),
        (AccountState(no_limits=True), "Limits not available"),
        (known(), "Limits not available"),
        (known(identity=Identity(login_method="Balance: $3.00")), ""),
        (AccountState(error=AuthRejected("no")), ""),
    ],
)
def test_placeholder(state: AccountState, placeholder: str) -> None:
    assert card(state).placeholder == placeholder


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (MissingCredential("none"), "settings"),
        (AuthRejected("no"), "settings"),
        (ServiceUnavailable("down"), "refresh"),
        (ParseError("odd"), "refresh"),
    ],
    ids=lambda value: str(getattr(value, "message", value)),
)
def test_the_fix_of_an_error(error: ProviderError, fix: str) -> None:
    shown = card(AccountState(error=error))
    assert shown.fix_action == fix
    assert shown.fix_label


def test_an_error_keeps_the_rows_and_marks_them_stale() -> None:
    shown = card(replace(known(primary=WINDOW), error=ServiceUnavailable("Acme is down.")))
    assert (shown.stale, len(shown.rows)) == (True, 1)
    assert shown.error_text == "Acme is down. The numbers are from just now (api)."


def test_a_rate_limit_says_until_when() -> None:
    error = RateLimited("Too many requests.")
    state = replace(known(primary=WINDOW), error=error, retry_at=NOW + timedelta(minutes=30))
    assert card(state).error_text == "Too many requests. Limited until 12:30. The numbers are from just now (api)."
    assert card(replace(state, retry_at=NOW)).error_text == "Too many requests. The numbers are from just now (api)."


def test_plan_label_is_dropped_from_the_plan() -> None:
    state = known(primary=WINDOW, identity=Identity(login_method="Balance: $56.50"))
    assert card(state, descriptor=replace(ACME, plan_label="Balance")).plan_text == "$56.50"
    assert card(state).plan_text == "Balance: $56.50"


def test_a_balance_without_lanes_is_a_row_of_its_own() -> None:
    shown = card(
        known(identity=Identity(login_method="Balance: $56.50")), descriptor=replace(ACME, plan_label="Balance")
    )
    assert shown.plan_text == ""
    assert [(row.label, row.value_text, row.fill) for row in shown.rows] == [("Balance", "$56.50", None)]


def test_hidden_personal_info_leaves_no_address_anywhere() -> None:
    state = AccountState(
        snapshot=Snapshot(
            NOW,
            identity=Identity(email="user@example.com", login_method="Pro"),
            details=(DetailSection((DetailRow("Owner", "user@example.com"),)),),
            note="Signed in as user@example.com",
        ),
        error=ParseError("Odd answer for user@example.com."),
    )
    assert "user@example.com" in repr(card(state))
    hidden = card(state, look=Look(hide_personal_info=True), label="user@example.com")
    assert "example.com" not in repr(hidden)
    assert hidden.account_text == ""


def test_account_text_prefers_the_address_then_the_label_then_the_organisation() -> None:
    both = known(identity=Identity(email="user@example.com", organization="Acme Ltd"))
    assert card(both, label="work").account_text == "user@example.com"
    organisation = known(identity=Identity(organization="Acme Ltd"))
    assert card(organisation, label="work").account_text == "work"
    assert card(organisation).account_text == "Acme Ltd"


def test_credits_with_and_without_a_limit() -> None:
    limit = CreditLimit("Monthly", 100, 500, 400, 80.0, NOW)
    with_limit = card(known(credits=Credits(400.0, NOW, limit=limit))).credits
    assert with_limit == MoneyBlock("Credits", "400 left", "of 500", 80.0)
    assert card(known(credits=Credits(112.4, NOW))).credits == MoneyBlock("Credits", "112.4 left", "1K tokens", 11.24)
    assert card(known(credits=Credits(112.4, NOW)), look=Look(show_credits=False)).credits is None


@pytest.mark.parametrize(
    ("cost", "block"),
    [
        (
            ProviderCost(12.4, 50.0, "USD", NOW),
            MoneyBlock("Extra usage", "This month: $12.40 / $50.00", "25% used", 24.8),
        ),
        (ProviderCost(3.0, 0, "EUR", NOW, period="Overage"), MoneyBlock("Extra usage", "Overage: €3.00", "", None)),
        (ProviderCost(0, 0, "USD", NOW, balance=7.5), MoneyBlock("Extra usage", "Balance: $7.50", "", None)),
        (
            ProviderCost(5, 20, "Points", NOW),
            MoneyBlock("Extra usage", "This month: 5 Points / 20 Points", "25% used", 25.0),
        ),
    ],
)
def test_extra_usage(cost: ProviderCost, block: MoneyBlock) -> None:
    assert card(known(provider_cost=cost)).extra_usage == block


def test_cost_counts_calendar_days() -> None:
    rows = tuple(
        SpendRow(day, "m", 1.0, 1000, 500, 0, 1) for day in (date(2030, 1, 8), date(2030, 1, 1), date(2029, 11, 1))
    )
    state = known(spend=CostSummary("USD", 30, rows, NOW, is_estimate=True))
    assert card(state).cost is None
    block = card(state, look=Look(show_cost=True)).cost
    assert block is not None
    assert block.left_text == "Today: $1.00 · 1.5K tokens"
    assert block.lines == ("Last 30 days: $2.00 · 3K tokens", "Estimate, not a bill")


def test_details_keep_to_their_limits() -> None:
    chart = DetailChart("bars", tuple(ChartPoint(str(i), float(i)) for i in range(200)), "Spend", "USD")
    section = DetailSection(tuple(DetailRow("x" * 200, "v") for _ in range(30)), "Title", chart)
    blocks = card(known(details=(section,) * 9)).details
    assert (len(blocks), len(blocks[0].lines), len(blocks[0].chart)) == (8, 24, 120)
    assert len(blocks[0].lines[0].label) == 120
    assert (blocks[0].chart[-1].share, blocks[0].chart[-1].value_text) == (1.0, "$199.00")


def test_a_tab_shows_the_first_lane_with_data() -> None:
    assert present_tab(ACME, AccountState(), LOOK, NOW).strip is None
    tab = present_tab(ACME, known(secondary=RateWindow(40.0)), LOOK, NOW)
    assert (tab.label, tab.strip, tab.failed) == ("Acme", 60.0, False)
    prefers = replace(ACME, auto_prefers_exhausted=True)
    assert present_tab(prefers, known(primary=WINDOW, secondary=RateWindow(100.0)), LOOK, NOW).strip == 0.0
    assert present_tab(ACME, known(primary=WINDOW), Look(show_used=True), NOW).strip == 28.0


def test_notes_name_the_local_days_of_the_subscription() -> None:
    late = datetime(2030, 1, 31, 23, 30, tzinfo=UTC)
    state = known(subscription_renews_at=late, subscription_expires_at=late, note="Using CLI fallback")
    east = Look(zone=timezone(timedelta(hours=1)))
    assert card(state).notes == ("Renews: Jan 31, 2030", "Plan expires: Jan 31, 2030", "Using CLI fallback")
    assert card(state, look=east).notes[0] == "Renews: Feb 1, 2030"


def test_numbers_the_service_calls_old_are_told_as_old_and_are_not_stale() -> None:
    old = Snapshot(NOW - timedelta(hours=3), RateWindow(10.0))
    state = succeed(AccountState(), old, "api", NOW)
    shown = card(state)
    assert (shown.subtitle, shown.stale, state.attempted_at) == ("Updated 3h ago · api", False, NOW)
    failed = fail(fail(state, ServiceUnavailable("It is down."), NOW), ServiceUnavailable("It is down."), NOW)
    shown = card(failed)
    assert (shown.error_text, shown.stale) == ("It is down. The numbers are from 3h ago (api).", True)
