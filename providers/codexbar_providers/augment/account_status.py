"""What `auggie account status` prints for people: credits of the billing cycle, in two wordings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from codexbar_providers.augment.sentences import CLI_NOT_UNDERSTOOD
from codexbar_qt.provider_api import ParseError, strip_ansi

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = r"(\d[\d,]{0,20})"
_PLAN_SIZE = re.compile(rf"{_NUMBER} credits / month", re.IGNORECASE)
_MAX_PLAN = re.compile(rf"{_NUMBER} credits", re.IGNORECASE)
_CREDITS_LEFT = re.compile(rf"{_NUMBER} credits remaining", re.IGNORECASE)
_LEFT = re.compile(rf"{_NUMBER} remaining", re.IGNORECASE)
_USED = re.compile(rf"{_NUMBER} ?/ ?{_NUMBER} credits used", re.IGNORECASE)
_ENDS = re.compile(r"\bends (\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE)
_BOX = re.compile(r"[\u2500-\u257f|]")


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Credits of the cycle: `remaining` of `total`, `used`; `plan_size` a month; `ends_at` aware UTC."""

    remaining: int
    total: int
    used: int
    plan_size: int | None = None
    ends_at: datetime | None = None


@dataclass(slots=True)
class _Found:
    remaining: int | None = None
    used: int | None = None
    total: int | None = None
    plan_size: int | None = None
    ends_at: datetime | None = None


def parse_account_status(text: str, *, zone: tzinfo) -> AccountStatus:
    """Read the lines that say something; ParseError without what is left or the total.

    The total of the used credits counts more than the size of the plan: credits roll over.
    """
    found = _Found()
    for line in _lines(text):
        _read_size(line, found)
        _read_amounts(line, found)
        ends = _ENDS.search(line)
        if ends:
            found.ends_at = _midnight(ends, zone)
    total = found.plan_size if found.total is None else found.total
    if found.remaining is None or total is None:
        raise ParseError(CLI_NOT_UNDERSTOOD, path="account status")
    used = max(0, total - found.remaining) if found.used is None else found.used
    return AccountStatus(found.remaining, total, used, found.plan_size, found.ends_at)


def local_zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name, UTC for one that is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _lines(text: str) -> Iterable[str]:
    return (" ".join(_BOX.sub(" ", line).split()) for line in strip_ansi(text).splitlines())


def _read_size(line: str, found: _Found) -> None:
    size = _PLAN_SIZE.search(line)
    if size is None and "max plan" in line.lower() and "remaining" not in line.lower():
        size = _MAX_PLAN.search(line)
    if size:
        found.plan_size = _whole(size[1])


def _read_amounts(line: str, found: _Found) -> None:
    left, used = _CREDITS_LEFT.search(line), _USED.search(line)
    if used:
        left = left or _LEFT.search(line)
        found.used, found.total = _whole(used[1]), _whole(used[2])
    if left and "billing cycle" not in line.lower():
        found.remaining = _whole(left[1])


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _midnight(ends: re.Match[str], zone: tzinfo) -> datetime | None:
    month, day, year = (int(part) for part in ends.groups())
    try:
        return datetime(year, month, day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
