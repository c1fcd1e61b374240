"""Numbers and times as the service writes them: as numbers or texts, in seconds or milliseconds, at times absurd."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from codexbar_qt.provider_api import parse_epoch_seconds, parse_iso_time

_LEAST_SECONDS = 1e9
_LEAST_MILLISECONDS = 1e12
_LONGEST_RESET = 100 * 365.0 * 86400


def number_of(value: object) -> float | None:
    """Return a finite number, also one written as a text; None for anything else."""
    number = _any_number(value)
    return number if number is not None and math.isfinite(number) else None


def seconds_of(value: object) -> float | None:
    """Return seconds until a reset: 0 for what is negative, not finite or beyond 100 years, None for no number."""
    number = _any_number(value)
    if number is None:
        return None
    return number if 0 <= number <= _LONGEST_RESET else 0.0


def moment_of(value: object) -> datetime | None:
    """Return a time (aware UTC) written as ISO 8601, as seconds or as milliseconds since 1970."""
    number = number_of(value)
    if number is None:
        return parse_iso_time(value) if isinstance(value, str) else None
    if number > _LEAST_MILLISECONDS:
        return parse_epoch_seconds(number / 1000)
    return parse_epoch_seconds(number) if number > _LEAST_SECONDS else None


def after(now: datetime, seconds: float | None) -> datetime | None:
    """Return the time that many seconds from now."""
    if seconds is None:
        return None
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        return now


def _any_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:
        return None
