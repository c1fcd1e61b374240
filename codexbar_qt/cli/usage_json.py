"""The JSON of `usage` (cli.md 4.1, 4.2). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cli.detail_limits import limited_details
from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.json_text import plain_number, present

if TYPE_CHECKING:
    from codexbar_qt.cli.readings import Reading
    from codexbar_qt.provider_api import (
        Credits,
        DetailChart,
        DetailSection,
        NamedWindow,
        ProviderCost,
        RateWindow,
        Snapshot,
    )

Members = dict[str, object]
_HIDDEN = "hidden"
_OPTIONAL = {"accountEmail", "accountOrganization", "accountID", "loginMethod", "secondaryValue", "diagnostic"}


def usage_element(reading: Reading, *, hide_personal_info: bool = False) -> Members:
    """Return the element of one provider or account. With `hide_personal_info` no e-mail address is in it."""
    snapshot, error = reading.snapshot, reading.error
    failure: Members | None = None
    if error is not None:
        failure = {"code": reading.exit_code, "message": error.message, "kind": "provider"}
    element = present(
        {
            "provider": reading.descriptor.id,
            "account": reading.account or None,
            "version": snapshot.tool_version if snapshot else None,
            "source": reading.source,
            "usage": _usage(reading, snapshot) if snapshot else None,
            "credits": _credits(snapshot.credits) if snapshot and snapshot.credits else None,
            **reading.reports,
            "diagnostic": snapshot.note if snapshot else None,
            "error": failure,
        }
    )
    return _without_personal_info(element) if hide_personal_info else element


def _usage(reading: Reading, snapshot: Snapshot) -> Members:
    identity = _identity(reading, snapshot)
    lanes: Members = {
        "primary": _window(snapshot.primary),
        "secondary": _window(snapshot.secondary),
        "tertiary": _window(snapshot.tertiary),
    }
    extras = [_named_window(item) for item in snapshot.extra_windows]
    details = [_section(section) for section in limited_details(snapshot.details)]
    return lanes | present(
        {
            "extraRateWindows": [item for item in extras if item is not None] or None,
            "providerCost": _cost(snapshot.provider_cost) if snapshot.provider_cost else None,
            "details": details or None,
            "subscriptionExpiresAt": snapshot.subscription_expires_at,
            "subscriptionRenewsAt": snapshot.subscription_renews_at,
            "updatedAt": snapshot.updated_at,
            "identity": identity,
            # Repeated for clients older than `identity`.
            "accountEmail": identity.get("accountEmail") if identity else None,
            "accountOrganization": identity.get("accountOrganization") if identity else None,
            "loginMethod": identity.get("loginMethod") if identity else None,
            "dataConfidence": snapshot.data_confidence,
        }
    )


def _identity(reading: Reading, snapshot: Snapshot) -> Members | None:
    known = snapshot.identity
    if known is None and not reading.account:
        return None
    return present(
        {
            "providerID": reading.descriptor.id,
            "accountEmail": (known.email if known else None) or reading.account or None,
            "accountOrganization": known.organization if known else None,
            "loginMethod": known.login_method if known else None,
            "accountID": known.account_id if known else None,
        }
    )


def _window(window: RateWindow | None) -> Members | None:
    if window is None or plain_number(window.used_percent) is None:
        return None
    minutes = window.window_minutes
    return present(
        {
            "usedPercent": window.used_percent,
            "windowMinutes": None if minutes is None else int(minutes),
            "resetsAt": window.resets_at,
            "resetDescription": window.reset_description,
            "nextRegenPercent": window.next_regen_percent,
            "isSyntheticPlaceholder": True if window.is_placeholder else None,
        }
    )


def _named_window(item: NamedWindow) -> Members | None:
    window = _window(item.window)
    if window is None:
        return None
    unknown = None if item.usage_known else False
    return present({"id": item.id, "title": item.title, "window": window, "usageKnown": unknown})


def _cost(cost: ProviderCost) -> Members:
    return present(
        {
            "used": cost.used,
            "limit": cost.limit,
            "currencyCode": cost.currency_code,
            "period": cost.period,
            "resetsAt": cost.resets_at,
            "nextRegenAmount": cost.next_regen_amount,
            "personalUsed": cost.personal_used,
            "balance": cost.balance,
            "updatedAt": cost.updated_at,
        }
    )


def _credits(credits: Credits) -> Members:
    limit = credits.limit
    events = [
        {"id": event.id, "date": event.date, "service": event.service, "creditsUsed": event.credits_used}
        for event in credits.events
    ]
    listed = None
    if limit is not None:
        listed = present(
            {
                "title": limit.title,
                "used": limit.used,
                "limit": limit.limit,
                "remaining": limit.remaining,
                "remainingPercent": limit.remaining_percent,
                "resetsAt": limit.resets_at,
                "updatedAt": limit.updated_at,
            }
        )
    return present(
        {
            "remaining": credits.remaining,
            "events": events,
            "updatedAt": credits.updated_at,
            "codexCreditLimit": listed,
        }
    )


def _section(section: DetailSection) -> Members:
    rows = [
        present({"label": row.label, "value": row.value, "secondaryValue": row.secondary_value}) for row in section.rows
    ]
    chart = _chart(section.chart) if section.chart else None
    return present({"title": section.title, "rows": rows, "chart": chart})


def _chart(chart: DetailChart) -> Members:
    points = [
        {"label": point.label, "value": point.value} for point in chart.points if plain_number(point.value) is not None
    ]
    return present({"kind": chart.kind, "title": chart.title, "unit": chart.unit, "points": points})


def _without_personal_info(value: Members) -> Members:
    """Take addresses out of every text; an optional text that was nothing else goes with its key."""
    shown = {key: _hidden(item) for key, item in value.items()}
    emptied = {key for key, item in shown.items() if item == "" and value[key] != ""}
    return {key: _HIDDEN if key in emptied else item for key, item in shown.items() if key not in emptied & _OPTIONAL}


def _hidden(item: object) -> object:
    if isinstance(item, str):
        return without_addresses(item)
    if isinstance(item, dict):
        return _without_personal_info(item)
    return [_hidden(part) for part in item] if isinstance(item, list) else item
