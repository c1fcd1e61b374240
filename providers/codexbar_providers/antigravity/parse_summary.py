"""RetrieveUserQuotaSummary: the pools of the product's own quota page, each with a 5-hour and a weekly bucket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from codexbar_providers.antigravity.lanes import used_window
from codexbar_providers.antigravity.leaves import entries, member, moment, number, text
from codexbar_providers.antigravity.parse_models import check_code
from codexbar_qt.provider_api import Identity, JsonView, NamedWindow, ParseError, RateWindow, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Kind = Literal["gemini", "claude_gpt", "other"]
SESSION_MINUTES = 5 * 60
WEEK_MINUTES = 7 * 24 * 60
_KINDS: tuple[Kind, ...] = ("gemini", "claude_gpt", "other")
_TITLES: dict[Kind, str] = {"gemini": "Gemini", "claude_gpt": "Claude/GPT"}
_LANE_LABELS: dict[Kind, str] = {"gemini": "Gemini Models", "claude_gpt": "Claude and GPT"}
_SESSION_WORDS = ("session", "5h", "5-hour", "5 hour", "five hour", "five-hour")
_WEEKLY_WORDS = ("weekly",)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A quota of one pool. `fraction` is what is left, None when unknown; `minutes` its length, None when unknown."""

    id: str
    kind: Kind
    title: str
    minutes: int | None
    fraction: float | None
    resets_at: datetime | None
    description: str | None

    @property
    def window(self) -> RateWindow:
        """The lane of this bucket."""
        return used_window(self.fraction, self.resets_at, minutes=self.minutes, description=self.description)


def parse_summary(body: JsonView) -> tuple[Bucket, ...]:
    """Read the buckets in the order they are shown. ParseError when no enabled one has a fraction."""
    check_code(body)
    places = (body, member(body, "response"), member(body, "summary"))
    holder = next((place for place in places if place is not None and place.get("groups") is not None), None)
    found = [bucket for group in entries(holder, "groups") for bucket in _buckets(group)]
    if all(bucket.fraction is None for bucket in found):
        raise ParseError("The answer has no bucket with a known amount.", path="$.groups")
    return tuple(sorted(found, key=_rank))


def build_summary_snapshot(buckets: Sequence[Bucket], identity: Identity, now: datetime) -> Snapshot:
    """List every bucket; the most used one of Gemini and of Claude and GPT are the two lanes."""
    seen: dict[str, int] = {}
    windows: list[NamedWindow] = []
    for bucket in buckets:
        count = seen[bucket.id] = seen.get(bucket.id, 0) + 1
        name = f"antigravity-quota-summary-{bucket.id}" + (f"-{count}" if count > 1 else "")
        windows.append(NamedWindow(name, bucket.title, bucket.window, usage_known=bucket.fraction is not None))
    return Snapshot(
        updated_at=now,
        primary=_most_used(buckets, "gemini"),
        secondary=_most_used(buckets, "claude_gpt"),
        extra_windows=tuple(windows),
        identity=identity,
    )


def _buckets(group: JsonView) -> list[Bucket]:
    name = text(group, "displayName")
    kind = _kind(name.lower())
    found = [_bucket(view, kind, _TITLES.get(kind) or name or "Quota") for view in entries(group, "buckets")]
    return [bucket for bucket in found if bucket.id]


def _bucket(view: JsonView, kind: Kind, group_title: str) -> Bucket:
    bucket_id = text(view, "bucketId")
    name = text(view, "displayName") or bucket_id
    minutes, word = _length(bucket_id, name)
    disabled = view.get("disabled")
    is_off = disabled is not None and disabled.raw is True
    return Bucket(
        id=bucket_id,
        kind=kind,
        title=f"{group_title} {word}",
        minutes=minutes,
        fraction=None if is_off else _fraction(view),
        resets_at=moment(view, "resetTime"),
        description=text(view, "description") or None,
    )


def _fraction(view: JsonView) -> float | None:
    plain, nested = number(view, "remainingFraction"), member(view, "remaining")
    if plain is not None:
        return plain
    if text(nested, "case") == "remainingFraction":
        return number(nested, "value")
    return number(nested, "remainingFraction")


def _kind(group_name: str) -> Kind:
    if "gemini" in group_name:
        return "gemini"
    return "claude_gpt" if "claude" in group_name or "gpt" in group_name else "other"


def _length(bucket_id: str, name: str) -> tuple[int | None, str]:
    for words, minutes, shown in ((_SESSION_WORDS, SESSION_MINUTES, "5-hour"), (_WEEKLY_WORDS, WEEK_MINUTES, "weekly")):
        if _is_one_of(bucket_id, words) or _is_one_of(name, words):
            return minutes, shown
    return None, name


def _is_one_of(name: str, words: Sequence[str]) -> bool:
    plain = name.lower().strip().replace("_", "-")
    for end in (" limit", "-limit"):
        plain = plain.removesuffix(end).strip()
    return any(plain == word or plain.endswith(f"-{word}") for word in words)


def _rank(bucket: Bucket) -> tuple[int, int]:
    length = {SESSION_MINUTES: 0, WEEK_MINUTES: 1}.get(bucket.minutes or 0, 2)
    return _KINDS.index(bucket.kind), length


def _most_used(buckets: Sequence[Bucket], kind: Kind) -> RateWindow | None:
    windows = [bucket.window for bucket in buckets if bucket.kind == kind and bucket.fraction is not None]
    if not windows:
        return None
    return replace(max(windows, key=lambda window: window.used_percent), label=_LANE_LABELS[kind])
