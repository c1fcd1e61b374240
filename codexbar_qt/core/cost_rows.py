"""Why a day costs what it does: its requests in words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from codexbar_qt.core.cost_words import NO_PRICE
from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.core.wording import day_text, token_text

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from codexbar_qt.core.cost_state import DayRows, PricedRow, RowRates
    from codexbar_qt.cost.values import TokenCounts

_PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class RowItem:
    """One request. `place` is the project, or the folder of the log, with the log's name."""

    row_id: str
    time_text: str
    model: str
    cost_text: str
    token_text: str
    rate_text: str
    place: str
    copy_text: str
    accessible_text: str


@dataclass(frozen=True, slots=True)
class DayExplained:
    """The requests of a day, and one sentence about them."""

    title: str
    summary: str
    rows: tuple[RowItem, ...] = ()


def explain_day(day: date, found: DayRows, zone: tzinfo, *, hide_personal_info: bool) -> DayExplained:
    """Return what a day is made of."""
    items = tuple(_item(place, row, found.home, zone, hide_personal_info) for place, row in enumerate(found.rows))
    return DayExplained(f"Requests of {day_text(day)}", _summary(found), items)


def short_place(path: str, home: str) -> str:
    """Return "work-app · session.jsonl" for a log of a project, else "~/folder · log.jsonl"."""
    pure = PureWindowsPath(path) if "\\" in path else PurePosixPath(path)
    parts = pure.parts
    if _PROJECTS in parts[:-2]:
        project = parts[parts.index(_PROJECTS) + 1]
        return f"{_project_name(project, home)} · {pure.name}"
    folder = str(pure.parent)
    if home and (folder == home or folder.startswith((f"{home}/", f"{home}\\"))):
        folder = f"~{folder[len(home) :]}"
    return f"{folder} · {pure.name}"


def _project_name(folder: str, home: str) -> str:
    """Return the folder of a project without the home folder in front: Claude Code writes paths with dashes."""
    prefix = re.sub(r"[^A-Za-z0-9]", "-", home)
    if prefix and folder.startswith(f"{prefix}-"):
        return folder[len(prefix) + 1 :]
    return "~" if folder == prefix else folder


def _item(place: int, priced: PricedRow, home: str, zone: tzinfo, hide: bool) -> RowItem:
    row = priced.row
    at = datetime.fromtimestamp(row.at, UTC).astimezone(zone).strftime("%H:%M:%S")
    cost = NO_PRICE if priced.cost is None else f"${priced.cost:,.4f}"
    tokens, rates = _tokens(row.tokens), _rates(priced.rates, row.tokens)
    marks = [word for word, given in (("long context", row.is_long), ("fast", row.is_fast)) if given]
    where = short_place(row.file, home)
    copies = "" if not row.copies else "1 copy left out" if row.copies == 1 else f"{row.copies} copies left out"
    shown = without_addresses(where) if hide else where
    rate_text = " · ".join((*marks, rates)) if rates else " · ".join(marks)
    spoken = ", ".join(part for part in (at, row.model, cost, tokens, rate_text, shown, copies) if part)
    return RowItem(f"{place}", at, row.model, cost, tokens, rate_text, shown, copies, spoken)


def _tokens(tokens: TokenCounts) -> str:
    hour = f" ({token_text(tokens.cache_write_1h)} for 1 h)" if tokens.cache_write_1h else ""
    reasoning = f" ({token_text(tokens.reasoning)} reasoning)" if tokens.reasoning else ""
    kinds = (
        (tokens.input, "input", ""),
        (tokens.output, "output", reasoning),
        (tokens.cache_read, "cache read", ""),
        (tokens.cache_write, "cache write", hour),
    )
    return " · ".join(f"{token_text(count)} {word}{more}" for count, word, more in kinds if count)


def _rates(rates: RowRates | None, tokens: TokenCounts) -> str:
    """Return the rates of the kinds that occur, in dollars for a million tokens."""
    if rates is None:
        return ""
    short_lived = tokens.cache_write - tokens.cache_write_1h
    kinds = (
        (tokens.input, rates.input, "input"),
        (tokens.output, rates.output, "output"),
        (tokens.cache_read, rates.cache_read, "cache read"),
        (short_lived, rates.cache_write, "cache write"),
        (tokens.cache_write_1h, rates.cache_write_1h, "1 h cache write"),
    )
    told = [f"{_rate(rate)} {word}" for count, rate, word in kinds if count > 0 and rate is not None]
    return f"{' · '.join(told)} per million" if told else ""


def _rate(rate: float) -> str:
    return f"${rate:.2f}" if round(rate, 2) == rate else f"${rate:g}"


def _summary(found: DayRows) -> str:
    if not found.total:
        return "No request was found. The logs may have been removed since they were read."
    shown = len(found.rows)
    count = "1 request" if found.total == 1 else f"{found.total:,} requests"
    page = f"The first {shown:,} of {count}." if shown < found.total else f"{count}."
    copies = sum(one.row.copies for one in found.rows)
    if not copies:
        return page
    told = "1 copy of them was" if copies == 1 else f"{copies:,} copies of them were"
    return f"{page} {told} left out, so that nothing counts twice."
