"""What the JSON of the command says, compared with what a recorded case expects of the snapshot behind it.

Not a test module, as its neighbour `case_world`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import codexbar_qt.provider_api as api
from codexbar_qt.provider_api import (
    ChartPoint,
    DetailChart,
    DetailRow,
    DetailSection,
    Identity,
    NamedWindow,
    ProviderCost,
    RateWindow,
    Snapshot,
    parse_iso_time,
)
from codexbar_qt.provider_api.fallback import FetchResult
from codexbar_qt.provider_testing import check_result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from codexbar_qt.provider_api.models import ChartKind
    from codexbar_qt.provider_testing import Case

# What JSON does not tell, or tells in another way.
_UNTOLD = ("attempts", "tray_text", "log_has", "updated_at", "primary.label", "secondary.label", "tertiary.label")
_UNTOLD_ENDS = ("remaining_percent", "meter_percent")


def compare(element: Mapping[str, object], exit_code: int, case: Case, *, only: tuple[str, ...] = ()) -> list[str]:
    """Say how one element of the output differs from what its case expects.

    The kind of an error is not told, only its message. With `only` of the expected paths those with such an end count.
    """
    expect = {key: _seconds(wanted) for key, wanted in case.expect.items() if _is_told(key)}
    if only:
        outcome = ("source", "error", "message", "message_has", "message_lacks")
        expect = {key: wanted for key, wanted in expect.items() if key in outcome or key.endswith(only)}
    failed = "error" in case.expect
    problems = check_result(_result(element, str(case.expect.get("error", "ProviderError"))), expect)
    if exit_code != int(failed):
        problems.append(f"exit code is {exit_code}")
    if failed:
        mode = case.source or _stored_source(case)
        if mode and element["source"] != mode:
            problems.append(f"source of the failure is {element['source']}, asked for was {mode}")
    return problems


def _stored_source(case: Case) -> str:
    return "" if case.config.get("source") else "auto"


def _is_told(path: str) -> bool:
    return path not in _UNTOLD and not path.endswith(_UNTOLD_ENDS) and not path.startswith(("error.", "spend"))


def _seconds(wanted: object) -> object:
    """Times in JSON have no fractions; leave out what is not told below a path."""
    if isinstance(wanted, str) and wanted.endswith("Z") and "." in wanted:
        return wanted.partition(".")[0] + "Z"
    if isinstance(wanted, dict):
        return {key: _seconds(item) for key, item in wanted.items() if _is_told(key)}
    return [_seconds(item) for item in wanted] if isinstance(wanted, list) else wanted


def _result(element: Mapping[str, object], kind: str) -> FetchResult:
    source = str(element["source"])
    failure = cast("dict[str, object] | None", element.get("error"))
    if failure is not None:
        error = getattr(api, kind)(str(failure["message"]))
        return FetchResult(source, error=error)
    return FetchResult(source, snapshot=_snapshot(element))


def _snapshot(element: Mapping[str, object]) -> Snapshot:
    usage = cast("dict[str, object]", element["usage"])
    version = element.get("version")
    extras = cast("list[dict[str, object]]", usage.get("extraRateWindows", []))
    details = cast("list[dict[str, object]]", usage.get("details", []))
    return Snapshot(
        updated_at=_known_time(usage["updatedAt"]),
        primary=_window(usage["primary"]),
        secondary=_window(usage["secondary"]),
        tertiary=_window(usage["tertiary"]),
        extra_windows=tuple(_extra(item) for item in extras),
        provider_cost=_cost(usage.get("providerCost")),
        details=tuple(_section(item) for item in details),
        identity=_identity(usage.get("identity"), element.get("account")),
        subscription_expires_at=_time(usage.get("subscriptionExpiresAt")),
        subscription_renews_at=_time(usage.get("subscriptionRenewsAt")),
        note=cast("str | None", element.get("diagnostic")),
        tool_version=cast("str | None", version),
    )


def _window(value: object) -> RateWindow | None:
    if value is None:
        return None
    fields = cast("dict[str, object]", value)
    return RateWindow(
        used_percent=cast("float", fields["usedPercent"]),
        window_minutes=cast("int | None", fields.get("windowMinutes")),
        resets_at=_time(fields.get("resetsAt")),
        reset_description=cast("str | None", fields.get("resetDescription")),
        next_regen_percent=cast("float | None", fields.get("nextRegenPercent")),
        is_placeholder=bool(fields.get("isSyntheticPlaceholder")),
    )


def _extra(fields: dict[str, object]) -> NamedWindow:
    window = _window(fields["window"])
    assert window is not None
    return NamedWindow(str(fields["id"]), str(fields["title"]), window, fields.get("usageKnown") is not False)


def _cost(value: object) -> ProviderCost | None:
    if value is None:
        return None
    fields = cast("dict[str, object]", value)
    return ProviderCost(
        used=cast("float", fields["used"]),
        limit=cast("float", fields["limit"]),
        currency_code=str(fields["currencyCode"]),
        updated_at=_known_time(fields["updatedAt"]),
        period=cast("str | None", fields.get("period")),
        resets_at=_time(fields.get("resetsAt")),
        balance=cast("float | None", fields.get("balance")),
    )


def _section(fields: dict[str, object]) -> DetailSection:
    rows = tuple(
        DetailRow(row["label"], row["value"], row.get("secondaryValue"))
        for row in cast("list[dict[str, str]]", fields["rows"])
    )
    return DetailSection(rows, cast("str | None", fields.get("title")), _chart(fields.get("chart")))


def _chart(value: object) -> DetailChart | None:
    if value is None:
        return None
    fields = cast("dict[str, object]", value)
    points = cast("list[dict[str, object]]", fields["points"])
    return DetailChart(
        kind=cast("ChartKind", fields["kind"]),
        points=tuple(ChartPoint(str(point["label"]), cast("float", point["value"])) for point in points),
        title=cast("str | None", fields.get("title")),
        unit=cast("str | None", fields.get("unit")),
    )


def _identity(value: object, account: object) -> Identity | None:
    if value is None:
        return None
    fields = cast("dict[str, str]", value)
    email = fields.get("accountEmail")
    return Identity(
        None if email == account else email,
        fields.get("accountOrganization"),
        fields.get("loginMethod"),
        fields.get("accountID"),
    )


def _time(value: object) -> datetime | None:
    return None if value is None else _known_time(value)


def _known_time(value: object) -> datetime:
    moment = parse_iso_time(str(value))
    assert moment is not None
    return moment
