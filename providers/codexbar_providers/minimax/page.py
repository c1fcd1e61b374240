"""The coding plan page: data inside it where it has some, else what it says in words. Pure."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from codexbar_providers.minimax.answers import LOGIN_REFUSED, NO_PLAN_DATA
from codexbar_providers.minimax.loose import as_fields, read, walk
from codexbar_providers.minimax.remains import Usage, lone_window, parse_remains
from codexbar_qt.provider_api import AuthRejected, JsonView, ParseError, ProviderError

if TYPE_CHECKING:
    from collections.abc import Collection

_NEXT_DATA = re.compile(r"<script\b[^<>]*\bid\s*=\s*[\"']__NEXT_DATA__[\"'][^<>]*>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_OPENING = re.compile(r"<(script|style)\b", re.IGNORECASE)
_CLOSING = {name: re.compile(rf"</{name}[^<>]{{0,200}}>", re.IGNORECASE) for name in ("script", "style")}
_SIGN_IN = re.compile(r"\b(?:sign|log) in\b|登录|登入", re.IGNORECASE)
_STRING = r'\s{0,8}:\s{0,8}("(?:[^"\\]|\\.){1,200}")'
_PLAN_FIELDS = tuple(re.compile(rf'"{name}"{_STRING}', re.IGNORECASE) for name in ("planName", "plan", "packageName"))
_PLAN_WORDS = re.compile(r"\bCoding ?Plan ?(?=[a-z0-9])", re.IGNORECASE)
_PLAN_NAME = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,32}", re.IGNORECASE)
_BEHIND_PLAN_WORDS = 60
_AFTER_PLAN = re.compile(r"\s*\b(?:available|usage|used|resets?|renews?|\d+(?:\.\d+)? ?%).*", re.IGNORECASE)
_AVAILABLE = re.compile(
    r"available usage[: ]*(\d[\d,]{0,14}) ?prompts? ?/ ?(\d{1,5}(?:\.\d{1,4})?) ?(h|m|d)[a-z]*", re.IGNORECASE
)
_USED = (
    re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,6})?) ?% ?used", re.IGNORECASE),
    re.compile(r"\bused ?(\d{1,3}(?:\.\d{1,6})?) ?%", re.IGNORECASE),
)
_RESETS_IN = re.compile(r"\bresets? in (\d{1,7}) ?(s|m|h|d)[a-z]*", re.IGNORECASE)
_RESETS_AT = re.compile(r"\bresets? at (\d{1,2}):(\d{2})(?: ?\(([^()]{1,60})\))?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT) ?([+-]) ?(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def parse_page(page: str, *, now: datetime, zone: tzinfo = UTC, hidden: Collection[str] = ()) -> Usage:
    """Read the page. A time of day without a zone is in `zone`; for `hidden` see `parse_remains`.

    Raises AuthRejected for the page of somebody who is not signed in, ParseError when there is nothing of a plan.
    """
    words = visible_text(page)
    if _SIGN_IN.search(words):
        raise AuthRejected(LOGIN_REFUSED)
    return _from_data(page, now, hidden) or _from_words(page, words, now, zone)


def visible_text(page: str) -> str:
    """Return what a person sees of a page: without scripts, styles, comments and tags, white space as single spaces."""
    parts: list[str] = []
    place = 0
    while (start := page.find("<", place)) >= 0:
        parts.append(page[place:start])
        place = _behind_tag(page, start)
        if place < 0:
            break
    else:
        parts.append(page[place:])
    return re.sub(r"\s+", " ", html.unescape(" ".join(parts))).strip()


def local_zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name; UTC when this machine does not know it."""
    return _named_zone(name) or UTC


def _behind_tag(page: str, start: int) -> int:
    """Return where the tag, comment, script or style that begins at `start` is over, -1 when it never is."""
    if page.startswith("<!--", start):
        end = page.find("-->", start + 4)
        return end + 3 if end >= 0 else -1
    opening = _OPENING.match(page, start)
    if opening:
        closing = _CLOSING[opening[1].lower()].search(page, opening.end())
        return closing.end() if closing else -1
    return page.find(">", start) + 1 or -1


def _from_data(page: str, now: datetime, hidden: Collection[str]) -> Usage | None:
    """Read the data that the page carries; None when it has none that can be read."""
    opening = _NEXT_DATA.search(page)
    closing = _SCRIPT_END.search(page, opening.end()) if opening else None
    if opening is None or closing is None:
        return None
    try:
        document = JsonView.from_text(page[opening.end() : closing.start()]).raw
        places = (as_fields(value) for _, value in walk(document))
        found = next((place for place in places if read(place, "model_remains") is not None), None)
        return parse_remains(found, now=now, hidden=hidden) if found is not None else None
    except AuthRejected:
        raise
    except ProviderError:
        return None


def _from_words(page: str, words: str, now: datetime, zone: tzinfo) -> Usage:
    plan, percent = _plan_name(page, words), _used_percent(words)
    available = _AVAILABLE.search(words)
    if plan is None and percent is None and available is None:
        raise ParseError(NO_PLAN_DATA, path="page")
    prompts = float(available[1].replace(",", "")) if available else None
    unit = _UNIT_SECONDS[available[3].lower()] if available else 0
    minutes = round(float(available[2]) * unit / 60) if available else 0
    return Usage(plan, lone=lone_window(percent, prompts, minutes or None, _reset(words, now, zone)))


def _plan_name(page: str, words: str) -> str | None:
    """Return the plan that a script or the visible text names; what follows it in the text does not belong to it."""
    told = [_decoded(found[1]) for pattern in _PLAN_FIELDS if (found := pattern.search(page))]
    plans = [_AFTER_PLAN.sub("", re.sub(r"\s+", " ", name)).strip() for name in told]
    for found in _PLAN_WORDS.finditer(words):
        behind = _AFTER_PLAN.sub("", words[found.end() : found.end() + _BEHIND_PLAN_WORDS])
        name = _PLAN_NAME.match(behind)
        plans.append(name[0].strip(" ._-") if name else "")
    return next((plan for plan in plans if plan and plan.isprintable()), None)


def _decoded(literal: str) -> str:
    try:
        return str(cast("object", json.loads(literal)))
    except ValueError:
        return ""


def _used_percent(words: str) -> float | None:
    values = (float(found[1]) for pattern in _USED if (found := pattern.search(words)))
    return next((value for value in values if value <= 100), None)


def _reset(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    span = _RESETS_IN.search(words)
    if span:
        seconds = int(span[1]) * _UNIT_SECONDS[span[2].lower()]
        return now + timedelta(seconds=seconds) if 0 < seconds <= 3660 * 86_400 else None
    clock = _RESETS_AT.search(words)
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (24, 60)
    if clock is None or hour > 23 or minute > 59:
        return None
    local = now.astimezone(_zone(clock[3] or "") or zone)
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (found if found > local else found + timedelta(days=1)).astimezone(UTC)


def _zone(hint: str) -> tzinfo | None:
    offset = _OFFSET.fullmatch(hint.strip())
    if offset is None:
        return _named_zone(hint.strip())
    span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(-span if offset[1] == "-" else span) if span < timedelta(hours=24) else None


def _named_zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
