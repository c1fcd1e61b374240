"""The JSON of `usage`: every provider case through the strict reader, golden files, limits (cli.md 3, 4.1, 4.2)."""

from __future__ import annotations

import importlib
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from codexbar_qt.cli.readings import Reading
from codexbar_qt.cli.targets import Target
from codexbar_qt.cli.usage_command import present_usage, read_usage
from codexbar_qt.cli.usage_json import usage_element
from codexbar_qt.cli.usage_options import UsageOptions
from codexbar_qt.cli.usage_text import TextStyle
from codexbar_qt.core.config_normal import read_entry
from codexbar_qt.json_text import encode_json
from codexbar_qt.provider_api import (
    ChartPoint,
    CreditEvent,
    CreditLimit,
    Credits,
    DetailChart,
    DetailRow,
    DetailSection,
    FetchContext,
    Identity,
    NamedWindow,
    Provider,
    ProviderCost,
    ProviderDescriptor,
    RateWindow,
    Snapshot,
    Source,
)
from codexbar_qt.provider_testing import CasePorts, load_case

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.core.app_config import ProviderEntry
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.provider_testing import Case

CASES = sorted((Path(__file__).parents[2] / "providers").glob("*/*.json"))
DESCRIPTOR = ProviderDescriptor("alpha", "Alpha", "#000000", 1)


class CaseContexts:
    """Gives out the recorded ports of one case."""

    def __init__(self, ports: CasePorts) -> None:
        self._ports = ports

    def context(self, request: FetchRequest) -> FetchContext:
        assert not request.interactive
        return self._ports.context


def entry_of(case: Case, provider: Provider) -> ProviderEntry:
    """The entry of a case; short ids of accounts become the UUIDs of a real file."""
    raw = cast("dict[str, object]", json.loads(json.dumps({"id": provider.id, **case.config})))
    listed = cast("dict[str, list[dict[str, object]]]", raw.get("tokenAccounts", {}))
    for account in listed.get("accounts", []):
        account["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, str(account["id"])))
    entry = read_entry(provider, raw)
    if case.account is not None:
        entry = replace(entry, account=next(item for item in entry.accounts if item.label == case.account))
    return entry


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in CASES])
async def test_every_case_is_strictly_readable(path: Path, decode_usage: Callable[[bytes], list[object]]) -> None:
    provider: Provider = importlib.import_module(f"codexbar_providers.{path.parent.name}").PROVIDER
    case = load_case(path)
    entry = entry_of(case, provider)
    assert not entry.invalid
    ports = CasePorts.from_case(case, provider)
    label = entry.account.label if entry.account else ""
    options = UsageOptions(source=Source(case.source) if case.source else None)
    target = Target(provider, entry, entry.account, label)
    readings = await read_usage([target], options, CaseContexts(ports), ports.context.clock)
    output = present_usage(readings, TextStyle(), case.now)
    compact, pretty = encode_json(output.json_value), encode_json(output.json_value, pretty=True)
    (element,) = decode_usage(compact.encode())
    assert decode_usage(pretty.encode()) == [element]
    assert pretty == json.dumps(json.loads(compact), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    failed = case.expect.get("error") not in (None, "NoUsageData")
    assert (output.exit_code, bool(output.errors), bool(output.text)) == (int(failed), failed, not failed)


def full_snapshot(now: datetime) -> Snapshot:
    window = RateWindow(
        28.0, 300, now.replace(microsecond=999_999), "Resets soon", next_regen_percent=0.5, is_placeholder=True
    )
    chart = DetailChart("bars", (ChartPoint("Mon", 1.5), ChartPoint("Tue", 2.0)), "Spend", "USD")
    return Snapshot(
        updated_at=now,
        primary=window,
        tertiary=RateWindow(112.5),
        extra_windows=(
            NamedWindow("opus", "Opus", RateWindow(33.3, 10080)),
            NamedWindow("unknown", "Unknown", RateWindow(0.0), usage_known=False),
        ),
        provider_cost=ProviderCost(12.25, 0.0, "USD", now, "Monthly", now, 1.0, 2.0, 3.0),
        credits=Credits(
            112.4,
            now,
            (CreditEvent("1", now, "Chat", 2.0),),
            CreditLimit("Monthly", 10.0, 100.0, 90.0, 90.0, now, now),
        ),
        details=(DetailSection((DetailRow("Plan", "Pro", "yearly", 5.0),), "Usage", chart),),
        identity=Identity("user@example.com", "Example Org", "pro", "account-1"),
        subscription_expires_at=now,
        subscription_renews_at=now,
        data_confidence="percentOnly",
        note="Numbers may lag.",
        tool_version="2.1.4",
    )


def test_everything_at_once(
    now: datetime, golden: Callable[[str], str], decode_usage: Callable[[bytes], list[object]]
) -> None:
    text = encode_json([usage_element(Reading(DESCRIPTOR, "cli", "work", full_snapshot(now)))], pretty=True)
    assert text == golden("full.json")
    decode_usage(text.encode())


def test_an_empty_snapshot_has_three_nulls_and_a_time(now: datetime) -> None:
    element = usage_element(Reading(DESCRIPTOR, "api", snapshot=Snapshot(updated_at=now)))
    assert encode_json(element) == (
        '{"provider":"alpha","source":"api",'
        '"usage":{"primary":null,"secondary":null,"tertiary":null,"updatedAt":"2030-01-08T12:00:00Z"}}\n'
    )


def test_a_label_stands_in_for_an_unknown_address(now: datetime) -> None:
    nameless = Reading(DESCRIPTOR, "api", "work", Snapshot(updated_at=now))
    usage = cast("dict[str, object]", usage_element(nameless)["usage"])
    assert usage["identity"] == {"providerID": "alpha", "accountEmail": "work"}
    assert usage["accountEmail"] == "work"
    known = replace(nameless, snapshot=Snapshot(updated_at=now, identity=Identity(email="user@example.com")))
    assert cast("dict[str, object]", usage_element(known)["usage"])["accountEmail"] == "user@example.com"


def test_hidden_personal_info_leaves_no_address(now: datetime) -> None:
    rows = (DetailRow("Owner", "user@example.com", "user@example.com"), DetailRow("user@example.com", "5"))
    snapshot = replace(full_snapshot(now), details=(DetailSection(rows),), note="user@example.com")
    element = usage_element(Reading(DESCRIPTOR, "cli", "work", snapshot), hide_personal_info=True)
    assert "@" not in encode_json(element)
    usage = cast("dict[str, object]", element["usage"])
    assert usage["identity"] == {
        "providerID": "alpha",
        "accountOrganization": "Example Org",
        "loginMethod": "pro",
        "accountID": "account-1",
    }
    assert "accountEmail" not in usage
    assert "diagnostic" not in element
    assert usage["details"] == [{"rows": [{"label": "Owner", "value": "hidden"}, {"label": "hidden", "value": "5"}]}]


def test_details_stay_within_their_limits(now: datetime, decode_usage: Callable[[bytes], list[object]]) -> None:
    long = "x" * 500
    points = tuple(ChartPoint(f"p{number}", number / 2) for number in range(300))
    rows = (DetailRow(" ", "blank"), DetailRow("blank", ""), *(DetailRow(long, long, long) for _ in range(50)))
    full = DetailSection(rows, long, DetailChart("line", points, long, long))
    empty = DetailSection((DetailRow("a", " "),), "Empty", DetailChart("bars", (ChartPoint(" ", 1.0),)))
    snapshot = Snapshot(updated_at=now, details=(empty, *(full for _ in range(20))))
    element = usage_element(Reading(DESCRIPTOR, "api", snapshot=snapshot))
    decode_usage(encode_json([element]).encode())
    sections = cast("dict[str, list[dict[str, list[dict[str, object]]]]]", element["usage"])["details"]
    assert [len(section["rows"]) for section in sections] == [24] * 8
    chart = cast("dict[str, list[dict[str, object]]]", cast("object", sections[0]["chart"]))
    assert [chart["points"][place]["label"] for place in (0, -1)] == ["p180", "p299"]
    assert len(chart["points"]) == 120


def test_details_without_content_are_left_out(now: datetime) -> None:
    snapshot = Snapshot(updated_at=now, details=(DetailSection((), "Nothing"),))
    assert "details" not in cast(
        "dict[str, object]", usage_element(Reading(DESCRIPTOR, "api", snapshot=snapshot))["usage"]
    )


def test_what_is_no_number_is_left_out(now: datetime, decode_usage: Callable[[bytes], list[object]]) -> None:
    bad = RateWindow(float("nan"))
    chart = DetailChart("bars", (ChartPoint("a", float("inf")), ChartPoint("b", 1.0)))
    snapshot = Snapshot(
        updated_at=now,
        primary=bad,
        secondary=RateWindow(5.0, next_regen_percent=float("inf")),
        extra_windows=(NamedWindow("x", "X", bad),),
        details=(DetailSection((), None, chart),),
    )
    element = usage_element(Reading(DESCRIPTOR, "api", snapshot=snapshot))
    decode_usage(encode_json([element]).encode())
    usage = cast("dict[str, object]", element["usage"])
    assert (usage["primary"], usage["secondary"], "extraRateWindows" in usage) == (None, {"usedPercent": 5.0}, False)


@pytest.mark.parametrize(
    "document",
    [
        '[{"provider":"a","source":"x","usage":{"primary":null,"secondary":null,"updatedAt":"2030-01-08T12:00:00Z"}}]\n',
        '[{"provider":"a","source":"x","error":{"code":1.5,"message":"m","kind":"args"}}]\n',
        '[{"provider":"a","source":"x","error":{"code":1,"message":"m","kind":"args"},"account":null}]\n',
        '[{"provider":"a","source":"x","error":{"code":1,"message":"m","kind":"other"}}]\n',
        '[{"provider":"a","source":"x","extra":1,"error":{"code":1,"message":"m","kind":"args"}}]\n',
        '[{"provider":"a","source":"x"}]\n',
        '[{"provider":"a","source":"x","usage":{"primary":{"usedPercent":28.0},"secondary":null,"tertiary":null,'
        '"updatedAt":"2030-01-08T12:00:00Z"}}]\n',
        '[{"provider":"a","source":"x","usage":{"primary":{"usedPercent":28,"windowMinutes":1.5},"secondary":null,'
        '"tertiary":null,"updatedAt":"2030-01-08T12:00:00Z"}}]\n',
        '[{"provider":"a","source":"x","usage":{"primary":null,"secondary":null,"tertiary":null,'
        '"updatedAt":"2030-01-08T12:00:00.5Z"}}]\n',
        '[{"provider":"a","source":"x","usage":{"primary":null,"secondary":null,"tertiary":null,'
        '"updatedAt":"2030-01-08T12:00:00+00:00"}}]\n',
        "[]",
    ],
)
def test_the_strict_reader_refuses(document: str, decode_usage: Callable[[bytes], list[object]]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        decode_usage(document.encode())
