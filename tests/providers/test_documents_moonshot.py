"""Moonshot's answer: the variants that differ in one value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from codexbar_providers.moonshot import parse_balance
from codexbar_qt.provider_api import AuthRejected, JsonView, ParseError, ProviderError, RequestRefused

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


def answer(available: object = 1, cash: object = 0, voucher: object = 0, **outer: object) -> dict[str, object]:
    data = {"available_balance": available, "cash_balance": cash, "voucher_balance": voucher}
    return {"code": 0, "scode": "0x0", "status": True, "data": data, **outer}


@pytest.mark.parametrize(
    ("available", "cash", "told"),
    [
        (31.07, 11.07, "Balance: $31.07"),
        (1249.5, 0, "Balance: $1,249.50"),
        (1234567.891, 0, "Balance: $1,234,567.89"),
        (5, 0, "Balance: $5.00"),
        (0, 0, "Balance: $0.00"),
        (-3.2, 0, "Balance: -$3.20"),
        (-0.001, 0, "Balance: $0.00"),
        (8.93, -11.07, "Balance: $8.93 · $11.07 in deficit"),
        (-1500.25, -1500.25, "Balance: -$1,500.25 · $1,500.25 in deficit"),
    ],
)
def test_money(available: float, cash: float, told: str) -> None:
    identity = parse_balance(JsonView(answer(available, cash)), now=NOW).identity
    assert identity is not None
    assert identity.login_method == told


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "$"),
        ("balance", "$"),
        ({}, "$.code"),
        (answer(code=0.5), "$.code"),
        (answer(code="0"), "$.code"),
        (answer(scode=0), "$.scode"),
        (answer(scode=None), "$.scode"),
        (answer(status="true"), "$.status"),
        (answer(data=None), "$.data"),
        (answer(data=[]), "$.data"),
        (answer("31.07"), "$.data.available_balance"),
        (answer(1, None), "$.data.cash_balance"),
        (answer(1, 1, None), "$.data.voucher_balance"),
        (answer(True), "$.data.available_balance"),
    ],
)
def test_answers_that_are_not_understood(body: object, path: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_balance(JsonView(body), now=NOW)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("outer", "kind", "told"),
    [
        ({"code": 401, "status": False, "data": None}, AuthRejected, "code 401, scode 0x0."),
        ({"code": 403}, AuthRejected, "code 403, scode 0x0."),
        ({"code": 7, "scode": "0x7"}, RequestRefused, "code 7, scode 0x7."),
        ({"status": False}, RequestRefused, "code 0, scode 0x0."),
        ({"code": 7, "scode": "for user@example.com"}, RequestRefused, "code 7, scode unknown."),
    ],
)
def test_refusals_inside_a_good_status(outer: dict[str, object], kind: type[ProviderError], told: str) -> None:
    with pytest.raises(kind) as caught:
        parse_balance(JsonView(answer(**outer)), now=NOW)
    assert caught.value.message.startswith(f"Moonshot API error: {told} ")
