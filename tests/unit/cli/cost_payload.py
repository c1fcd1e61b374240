"""Reads `cost --format json` as the strictest of its consumers does (cli.md 3 and 5). Only fixtures hand it out."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tests.unit.cli.usage_payload import Date, Failure, Text, check_document

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Count = Annotated[int, Meta(ge=0)]
Dollars = Annotated[float, Meta(ge=0)]


class _Strict(Struct, forbid_unknown_fields=True, rename="camel"):
    pass


class Breakdown(_Strict):
    model_name: Text
    total_tokens: Count
    cost: Dollars | UnsetType = UNSET


class Daily(_Strict):
    date: Day
    input_tokens: Count
    output_tokens: Count
    cache_read_tokens: Count
    total_tokens: Count
    models_used: list[Text]
    model_breakdowns: list[Breakdown]
    cache_creation_tokens: Count | UnsetType = UNSET
    reasoning_tokens: Count | UnsetType = UNSET
    total_cost: Dollars | UnsetType = UNSET


class Project(_Strict):
    name: Text
    total_tokens: Count
    daily: list[Daily]
    model_breakdowns: list[Breakdown]
    sources: list[msgspec.Raw]
    path: Text | UnsetType = UNSET
    total_cost: Dollars | UnsetType = UNSET


class Coverage(_Strict):
    priced: Count
    unpriced: Count
    unmetered: Count
    estimated: Count


class Totals(_Strict):
    input_tokens: Count
    output_tokens: Count
    cache_read_tokens: Count
    total_tokens: Count
    provenance: Literal["listPriceEstimate"]
    coverage: Coverage
    cache_creation_tokens: Count | UnsetType = UNSET
    reasoning_tokens: Count | UnsetType = UNSET
    total_cost: Dollars | UnsetType = UNSET


class LeftOut(_Strict):
    kind: Text
    count: Annotated[int, Meta(ge=1)]


class Element(Struct, forbid_unknown_fields=True):
    provider: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    source: Literal["local", "cli"]
    daily: list[Daily] | UnsetType = UNSET
    projects: list[Project] | UnsetType = UNSET
    updated_at: Date | UnsetType = msgspec.field(name="updatedAt", default=UNSET)
    currency_code: Literal["USD"] | UnsetType = msgspec.field(name="currencyCode", default=UNSET)
    session_tokens: Count | UnsetType = msgspec.field(name="sessionTokens", default=UNSET)
    session_cost: Dollars | UnsetType = msgspec.field(name="sessionCostUSD", default=UNSET)
    history_days: Annotated[int, Meta(ge=1, le=365)] | UnsetType = msgspec.field(name="historyDays", default=UNSET)
    is_complete: bool | UnsetType = msgspec.field(name="historyCoverageIsEstablished", default=UNSET)
    window_tokens: Count | UnsetType = msgspec.field(name="last30DaysTokens", default=UNSET)
    window_cost: Dollars | UnsetType = msgspec.field(name="last30DaysCostUSD", default=UNSET)
    totals: Totals | UnsetType = UNSET
    provenance: Literal["listPriceEstimate"] | UnsetType = UNSET
    coverage: Coverage | UnsetType = UNSET
    left_out: list[LeftOut] | UnsetType = msgspec.field(name="leftOut", default=UNSET)
    error: Failure | UnsetType = UNSET


def decode_cost(data: bytes) -> list[Element]:
    """Return the elements of a document. Raises ValueError, also as msgspec's errors, for what a consumer minds."""
    check_document(data)
    elements = msgspec.json.decode(data, type=list[Element], strict=True)
    for element in elements:
        _check(element)
    return elements


def _check(element: Element) -> None:
    if element.provider != "cli" and (element.daily is UNSET or element.projects is UNSET):
        raise ValueError(f"{element.provider} lacks a list that is always there")
    if (element.error is UNSET) is (element.updated_at is UNSET):
        raise ValueError(f"{element.provider} has neither or both of numbers and error")
    for day in () if isinstance(element.daily, UnsetType) else element.daily:
        if day.models_used != sorted(model.model_name for model in day.model_breakdowns):
            raise ValueError(f"{element.provider} names models wrongly")
        if sum(model.total_tokens for model in day.model_breakdowns) != day.total_tokens:
            raise ValueError(f"{element.provider} adds models up wrongly")
