"""Addresses of people leave texts; everything else stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from codexbar_qt.core.account import AccountKey, AccountState
from codexbar_qt.core.presenter import Look, present_card
from codexbar_qt.core.privacy import anonymous, without_addresses
from codexbar_qt.core.tray_presenter import TraySubject, present_tray
from codexbar_qt.provider_api import (
    ChartPoint,
    DetailChart,
    DetailRow,
    DetailSection,
    Identity,
    NamedWindow,
    ProviderCost,
    ProviderDescriptor,
    ProviderError,
    RateWindow,
    Snapshot,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
ADDRESS = "first.last+tag@mail.example.co.uk"
ACME = ProviderDescriptor("acme", "Acme", "#112233", 1)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (ADDRESS, ""),
        (f"Signed in as {ADDRESS}", "Signed in as"),
        (f"Sam ({ADDRESS}) pays", "Sam  pays"),
        (f"Sam <{ADDRESS}>", "Sam"),
        (f"{ADDRESS}, user_1%a@example.com.", ", ."),
        ("Ask @sam at 12:00", "Ask @sam at 12:00"),
        ("git@host", "git@host"),
        ("", ""),
    ],
)
def test_addresses_leave_a_text(text: str, left: str) -> None:
    assert without_addresses(text) == left


@given(some.text(max_size=30), some.text(max_size=30), some.emails())
def test_no_address_survives_between_other_texts(before: str, after: str, address: str) -> None:
    assert "@example.com" not in without_addresses(f"{before} user@example.com {after}")
    assert without_addresses(without_addresses(address)) == without_addresses(address)


def test_a_snapshot_without_addresses_stays_as_it_is() -> None:
    snapshot = Snapshot(
        NOW, RateWindow(5.0, reset_description="two  spaces "), identity=Identity(None, " Org ", "Pro", None)
    )
    assert anonymous(snapshot) == snapshot
    assert anonymous(Snapshot(NOW)) == Snapshot(NOW)


FULL = Snapshot(
    NOW,
    RateWindow(5.0, reset_description=f"shared by {ADDRESS}"),
    RateWindow(5.0, reset_description=f"Unlimited for {ADDRESS}"),
    extra_windows=(NamedWindow("team", f"Team {ADDRESS}", RateWindow(1.0)),),
    provider_cost=ProviderCost(1.0, 2.0, f"units of {ADDRESS}", NOW, period=f"Month of {ADDRESS}"),
    details=(
        DetailSection(
            (DetailRow(ADDRESS, ADDRESS, ADDRESS),),
            ADDRESS,
            DetailChart("bars", (ChartPoint(ADDRESS, 1.0),), ADDRESS, ADDRESS),
        ),
    ),
    identity=Identity(ADDRESS, f"Org of {ADDRESS}", f"Pro of {ADDRESS}", "id-1"),
    note=f"Note for {ADDRESS}",
)


@pytest.mark.parametrize("error", [None, ProviderError(f"{ADDRESS} was refused.")], ids=["good", "failed"])
def test_a_hidden_card_shows_no_address_anywhere(error: ProviderError | None) -> None:
    state = AccountState(snapshot=FULL, error=error)
    shown = present_card(ACME, AccountKey("acme"), state, Look(), NOW, account_label=ADDRESS)
    assert repr(shown).count(ADDRESS) > 10
    hidden = present_card(ACME, AccountKey("acme"), state, Look(hide_personal_info=True), NOW, account_label=ADDRESS)
    assert "@" not in repr(hidden)
    assert hidden.account_text == ""
    assert hidden.plan_text == "Pro of"


@pytest.mark.parametrize("own", [None, f"{ADDRESS} has 3 left"])
def test_a_hidden_tooltip_shows_no_address(own: str | None) -> None:
    plan_only = Snapshot(NOW, identity=Identity(login_method=f"Pro of {ADDRESS}"))
    subjects = [TraySubject(ACME, AccountState(snapshot=plan_only), own)]
    assert ADDRESS in present_tray(subjects, "", Look(), NOW).tooltip
    assert "@" not in present_tray(subjects, "", Look(hide_personal_info=True), NOW).tooltip
