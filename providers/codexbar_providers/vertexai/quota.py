"""The arithmetic of quotas: time series in, the share of the quota nearest to its limit out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from codexbar_qt.provider_api import Identity, JsonView, ParseError, ProviderCost, RateWindow, Snapshot, clamp_percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class QuotaKey(NamedTuple):
    """What a series is about. `limit_name` is "" where the series does not say, `location` then "global"."""

    metric: str
    limit_name: str
    location: str


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One page of a list of time series: the largest value per key, and where it goes on ("" at the end)."""

    peaks: Mapping[QuotaKey, float]
    next_page: str = field(default="", repr=False)


def parse_series(body: JsonView) -> SeriesPage:
    """Read a page. Series without a metric or a usable point are left out; ParseError for another shape."""
    peaks: dict[QuotaKey, float] = {}
    listed, following = body.get("timeSeries"), body.get("nextPageToken")
    for series in () if listed is None else listed.items():
        key, peak = _key(series), _peak(series)
        if key is not None and peak is not None:
            peaks[key] = max(peak, peaks.get(key, peak))
    return SeriesPage(peaks, "" if following is None else following.string())


def used_share(usage: Mapping[QuotaKey, float], limits: Mapping[QuotaKey, float]) -> float | None:
    """Return the largest percentage (0 or more, beyond 100 when a limit was lowered); None when nothing matches.

    A limit of 0 or -1 (unlimited) never matches.
    """
    real = {key: limit for key, limit in limits.items() if limit > 0}
    places: dict[tuple[str, str], list[QuotaKey]] = {}
    for key in real:
        places.setdefault((key.metric, key.location), []).append(key)
    shares: list[float] = []
    for key, used in usage.items():
        near = places.get((key.metric, key.location), [])
        # Usage often has no limit name although its limit has one; of several none is guessed.
        matched = near[0] if key not in real and not key.limit_name and len(near) == 1 else key
        if matched in real:
            shares.append(used / real[matched] * 100)
    return max((max(0.0, share) for share in shares if math.isfinite(share)), default=None)


def build_snapshot(share: float | None, identity: Identity, *, now: datetime) -> Snapshot:
    """Return what the fetch learned; without a share there is only the identity."""
    if share is None:
        return Snapshot(updated_at=now, identity=identity)
    return Snapshot(
        updated_at=now,
        primary=RateWindow(clamp_percent(share)),
        provider_cost=ProviderCost(share, 100.0, "Quota", now, period="Current quota"),
        identity=identity,
    )


def _key(series: JsonView) -> QuotaKey | None:
    metric, resource = _labels(series, "metric"), _labels(series, "resource")
    name = _label(metric, "quota_metric") or _label(resource, "quota_id")
    if not name:
        return None
    return QuotaKey(name, _label(metric, "limit_name"), _label(resource, "location") or "global")


def _labels(series: JsonView, part: str) -> JsonView | None:
    holder = series.get(part)
    return None if holder is None else holder.get("labels")


def _label(labels: JsonView | None, name: str) -> str:
    value = None if labels is None else labels.get(name)
    return "" if value is None else value.string()


def _peak(series: JsonView) -> float | None:
    points = series.get("points")
    values = [] if points is None else [_point_value(point.get("value")) for point in points.items()]
    return max((value for value in values if value is not None), default=None)


def _point_value(value: JsonView | None) -> float | None:
    """Return the number of a point; int64 values are written as texts."""
    if value is None:
        return None
    for name in ("doubleValue", "int64Value"):
        number = value.get(name)
        if number is not None:
            try:
                return number.loose_number() if name == "int64Value" else number.number()
            except ParseError:
                continue
    return None
