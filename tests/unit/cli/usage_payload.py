"""Reads `usage --format json` as the strictest of its consumers does: no unknown key, no null too many, no float for an
integer, no fraction in a date (cli.md 3 and 4). Only fixtures hand it out."""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Date = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Short = Annotated[str, Meta(max_length=120)]
Filled = Annotated[str, Meta(max_length=120, pattern=r"\S")]
Text = Annotated[str, Meta(min_length=1)]


class _Strict(Struct, forbid_unknown_fields=True, rename="camel"):
    pass


class Window(_Strict):
    used_percent: float
    window_minutes: int | UnsetType = UNSET
    resets_at: Date | UnsetType = UNSET
    reset_description: str | UnsetType = UNSET
    next_regen_percent: float | UnsetType = UNSET
    is_synthetic_placeholder: Literal[True] | UnsetType = UNSET


class ExtraWindow(_Strict):
    id: Text
    title: Text
    window: Window
    usage_known: bool | UnsetType = UNSET


class ProviderCost(_Strict):
    used: float
    limit: float
    currency_code: Text
    updated_at: Date
    period: str | UnsetType = UNSET
    resets_at: Date | UnsetType = UNSET
    next_regen_amount: float | UnsetType = UNSET
    personal_used: float | UnsetType = UNSET
    balance: float | UnsetType = UNSET


class Point(_Strict):
    label: Filled
    value: float


class Chart(_Strict):
    kind: Literal["bars", "line"]
    points: Annotated[list[Point], Meta(max_length=120)]
    title: Short | UnsetType = UNSET
    unit: Short | UnsetType = UNSET


class Row(_Strict):
    label: Filled
    value: Filled
    secondary_value: Filled | UnsetType = UNSET


class Section(_Strict):
    rows: Annotated[list[Row], Meta(max_length=24)]
    title: Filled | UnsetType = UNSET
    chart: Chart | UnsetType = UNSET


class Identity(Struct, forbid_unknown_fields=True):
    provider_id: Text = msgspec.field(name="providerID")
    email: Text | UnsetType = msgspec.field(name="accountEmail", default=UNSET)
    organization: Text | UnsetType = msgspec.field(name="accountOrganization", default=UNSET)
    login_method: Text | UnsetType = msgspec.field(name="loginMethod", default=UNSET)
    account_id: Text | UnsetType = msgspec.field(name="accountID", default=UNSET)


class Usage(_Strict):
    primary: Window | None
    secondary: Window | None
    tertiary: Window | None
    updated_at: Date
    extra_rate_windows: Annotated[list[ExtraWindow], Meta(min_length=1)] | UnsetType = UNSET
    provider_cost: ProviderCost | UnsetType = UNSET
    details: Annotated[list[Section], Meta(min_length=1, max_length=8)] | UnsetType = UNSET
    subscription_expires_at: Date | UnsetType = UNSET
    subscription_renews_at: Date | UnsetType = UNSET
    identity: Identity | UnsetType = UNSET
    account_email: str | UnsetType = UNSET
    account_organization: str | UnsetType = UNSET
    login_method: str | UnsetType = UNSET
    data_confidence: Literal["exact", "estimated", "percentOnly"] | UnsetType = UNSET


class CreditEvent(_Strict):
    id: Text
    date: Date
    service: str
    credits_used: float


class CreditLimit(_Strict):
    title: Text
    used: float
    limit: float
    remaining: float
    remaining_percent: float
    updated_at: Date
    resets_at: Date | UnsetType = UNSET


class Credits(_Strict):
    remaining: float
    events: list[CreditEvent]
    updated_at: Date
    codex_credit_limit: CreditLimit | UnsetType = UNSET


class Failure(_Strict):
    code: int
    message: Text
    kind: Literal["args", "config", "provider", "runtime"]


class AntigravityPlanInfo(_Strict):
    plan_name: Text | UnsetType = UNSET
    plan_display_name: Text | UnsetType = UNSET
    display_name: Text | UnsetType = UNSET
    product_name: Text | UnsetType = UNSET
    plan_short_name: Text | UnsetType = UNSET


class Element(_Strict):
    provider: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    source: Text
    account: Text | UnsetType = UNSET
    version: Annotated[str, Meta(pattern=r"^\d+(\.\d+)+$")] | UnsetType = UNSET
    usage: Usage | UnsetType = UNSET
    credits: Credits | UnsetType = UNSET
    antigravity_plan_info: AntigravityPlanInfo | UnsetType = UNSET
    diagnostic: Text | UnsetType = UNSET
    error: Failure | UnsetType = UNSET


def decode_usage(data: bytes) -> list[Element]:
    """Return the elements of a document. Raises ValueError, also as msgspec's errors, for what a consumer minds."""
    check_document(data)
    elements = msgspec.json.decode(data, type=list[Element], strict=True)
    for element in elements:
        _check(element)
    return elements


def _check(element: Element) -> None:
    has_usage, has_error = element.usage is not UNSET, element.error is not UNSET
    if has_usage == has_error:
        raise ValueError(f"{element.provider} has neither or both of usage and error")
    if has_error and (element.credits is not UNSET or element.version is not UNSET):
        raise ValueError(f"{element.provider} failed and has more than its error")
    if not isinstance(element.usage, UnsetType):
        identity = element.usage.identity
        known: tuple[str | UnsetType, ...] = (UNSET, UNSET, UNSET)
        if not isinstance(identity, UnsetType):
            known = (identity.email, identity.organization, identity.login_method)
        if known != (element.usage.account_email, element.usage.account_organization, element.usage.login_method):
            raise ValueError(f"{element.provider} repeats its identity wrongly")


def check_document(data: bytes) -> None:
    """Raise ValueError for a document of another form, a whole number with a point, or what is no JSON."""
    if not data.endswith(b"\n") or (data.count(b"\n") != 1 and not data.startswith(b"[\n")):
        raise ValueError("the document is not one line, or not indented, or has no final newline")
    json.loads(data, parse_float=_check_number, parse_constant=_refuse)


def _check_number(text: str) -> float:
    if re.search(r"\.0+$", text):
        raise ValueError(f"{text} is a whole number")
    return float(text)


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
