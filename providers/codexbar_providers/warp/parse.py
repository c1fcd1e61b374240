"""Warp's answer: credits of the plan, add-on credits and when those end. "Requests" in field names means credits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from codexbar_qt.provider_api import (
    Identity,
    JsonView,
    ParseError,
    RateWindow,
    Snapshot,
    clamp_percent,
    parse_iso_time,
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_MESSAGES = 3
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_LARGEST = 2**63
_TYPE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class Grant:
    """Add-on credits bought or given once; `expires_at` aware UTC, None when they do not expire."""

    granted: int
    remaining: int
    expires_at: datetime | None = None


def parse_limits(body: JsonView, *, now: datetime, zone: tzinfo = UTC) -> Snapshot:
    """Read an answer without `errors`; `zone` is where the day of an expiry is told.

    Raises ParseError naming an unexpected type or the place that is missing.
    """
    output = body["data"]["user"]
    user = output.get("user")
    limits = user.get("requestLimitInfo") if user is not None else None
    if user is None or limits is None or not limits.is_object():
        raise _missing_limits(output)
    return Snapshot(
        updated_at=now, primary=_plan_window(limits), secondary=_add_on_window(_grants(user), zone), identity=Identity()
    )


def parse_integer(value: object) -> int:
    """Read a whole number or its text; 0 for anything else."""
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if _INTEGER.fullmatch(text) else 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST < value < _LARGEST:
        return 0
    return int(value)


def parse_flag(value: object) -> bool:
    """Read a switch: a boolean, a number other than 0, or a word such as "true"; anything else is off."""
    if isinstance(value, str):
        return value.strip().lower() in ("true", "1", "yes")
    return isinstance(value, int | float) and value != 0


def parse_refusal(body: JsonView) -> str | None:
    """Return the messages of a refusal inside an answer with status 200, None when there is none.

    "" is a refusal without a reason. Raises ParseError when the root is not an object.
    """
    errors = body.get("errors")
    told = errors.raw if errors is not None else None
    listed = cast("list[object]", told) if isinstance(told, list) else []
    return join_reasons(listed) if listed else None


def join_reasons(errors: object) -> str:
    """Return up to three messages of a GraphQL `errors` list, whose entries are texts or objects with a `message`."""
    listed = cast("list[object]", errors) if isinstance(errors, list) else []
    told = [cast("dict[str, object]", item).get("message") if isinstance(item, dict) else item for item in listed]
    texts = [text.strip() for text in told if isinstance(text, str) and text.strip()]
    return " | ".join(texts[:_MOST_MESSAGES])


def local_zone(name: str) -> tzinfo:
    """Return the named zone, UTC when it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return UTC


def _plan_window(limits: JsonView) -> RateWindow:
    facts = _members(limits)
    if parse_flag(facts.get("isUnlimited")):
        return RateWindow(0.0, reset_description="Unlimited")
    limit, used = parse_integer(facts.get("requestLimit")), parse_integer(facts.get("requestsUsedSinceLastRefresh"))
    return RateWindow(
        used_percent=clamp_percent(used / limit * 100) if limit > 0 else 0.0,
        resets_at=_time(facts.get("nextRefreshTime")),
        reset_description=f"{used}/{limit} credits",
    )


def _add_on_window(grants: list[Grant], zone: tzinfo) -> RateWindow | None:
    # Credits that have expired unused still count as granted.
    total, remaining = sum(grant.granted for grant in grants), sum(grant.remaining for grant in grants)
    if total <= 0 and remaining <= 0:
        return None
    used = clamp_percent((total - remaining) / total * 100) if total > 0 else 0.0
    return RateWindow(used, reset_description=_expiry(grants, zone) if remaining > 0 else None)


def _expiry(grants: list[Grant], zone: tzinfo) -> str | None:
    dated = [(grant.expires_at, grant.remaining) for grant in grants if grant.expires_at and grant.remaining > 0]
    if not dated:
        return None
    first = min(moment for moment, _ in dated).replace(microsecond=0)
    left = sum(remaining for moment, remaining in dated if moment.replace(microsecond=0) == first)
    try:
        local = first.astimezone(zone)
    except OverflowError:
        local = first
    return f"{left} credits expires on {_MONTHS[local.month - 1]} {local.day}, {local.year}, {local:%H:%M}"


def _grants(user: JsonView) -> list[Grant]:
    listed = _objects(_members(user).get("bonusGrants"))
    for workspace in _objects(_members(user).get("workspaces")):
        info = workspace.get("bonusGrantsInfo")
        if isinstance(info, dict):
            listed += _objects(cast("dict[str, object]", info).get("grants"))
    return [
        Grant(
            parse_integer(item.get("requestCreditsGranted")),
            parse_integer(item.get("requestCreditsRemaining")),
            _time(item.get("expiration")),
        )
        for item in listed
    ]


def _missing_limits(output: JsonView) -> ParseError:
    kind = output.get("__typename")
    name = kind.raw if kind is not None else "UserOutput"
    if name == "UserOutput":
        place = f"{output.path}.user.requestLimitInfo"
        return ParseError(f"The answer has no {place}.", path=place)
    shown = name if isinstance(name, str) and _TYPE_NAME.fullmatch(name) else "unknown"
    return ParseError(f"The answer is of the unexpected type {shown}.", path=f"{output.path}.__typename")


def _objects(value: object) -> list[dict[str, object]]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, object]", item) for item in items if isinstance(item, dict)]


def _members(view: JsonView) -> dict[str, object]:
    return cast("dict[str, object]", view.raw) if view.is_object() else {}


def _time(value: object) -> datetime | None:
    return parse_iso_time(value) if isinstance(value, str) else None
