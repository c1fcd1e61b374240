"""The billing history: tokens and cash per local day, the models and methods that took most. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from codexbar_providers.minimax.answers import require_success, unwrap
from codexbar_providers.minimax.loose import as_fields, as_items, moment, number, text, whole
from codexbar_qt.provider_api import ChartPoint, DetailChart, DetailRow, DetailSection, ParseError, parse_iso_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from codexbar_providers.minimax.loose import Fields

TITLE = "Billing history"
DAYS = 30
TOP = 3
_PLACES = ("Top", "Second", "Third")
_MILLISECONDS_FROM = 1e12
_DAY = re.compile(r"(\d{4})([-/]?)(\d{2})\2(\d{2})")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge. `at` is aware; amounts are 0 or more, `cash` None when it is not told."""

    at: datetime
    tokens: float
    cash: float | None
    model: str
    method: str


@dataclass(frozen=True, slots=True)
class BillingPage:
    """A page of the history. `count` are its records, also those that do not count; `total` those of all pages."""

    charges: tuple[Charge, ...]
    count: int
    total: int | None
    oldest: datetime | None


@dataclass(slots=True)
class _Sums:
    tokens: float = 0.0
    cash: float | None = None

    def add(self, charge: Charge) -> None:
        self.tokens += charge.tokens
        if charge.cash is not None:
            self.cash = (self.cash or 0.0) + charge.cash


@dataclass(slots=True)
class BillingHistory:
    """Gathers pages, the newest records first, until nothing is missing of the last 30 days in `zone`."""

    now: datetime
    zone: tzinfo
    charges: list[Charge] = field(default_factory=list[Charge])
    _seen: int = 0
    _is_whole: bool = False

    @property
    def begins(self) -> datetime:
        """Local midnight of the first of the 30 days."""
        first = self.now.astimezone(self.zone).date() - timedelta(days=DAYS - 1)
        return datetime.combine(first, time(), self.zone)

    def add(self, page: BillingPage) -> bool:
        """Take a page; whether another one is needed."""
        self._seen += page.count
        begins = self.begins
        self.charges += [charge for charge in page.charges if begins <= charge.at <= self.now]
        reached_the_end = page.count == 0 or (page.total is not None and self._seen >= page.total)
        self._is_whole = reached_the_end or (page.oldest is not None and page.oldest < begins)
        return not self._is_whole

    def section(self) -> DetailSection | None:
        """Return the section for the card, None when nothing was charged."""
        if not self.charges:
            return None
        days: dict[date, _Sums] = {}
        for charge in self.charges:
            days.setdefault(charge.at.astimezone(self.zone).date(), _Sums()).add(charge)
        today, first = self.now.astimezone(self.zone).date(), min(days)
        # Not every page may have been read: then the long row says how far back it goes.
        label = f"Last {DAYS} days" if self._is_whole else f"Since {first.isoformat()}"
        everything = _Sums()
        for charge in self.charges:
            everything.add(charge)
        rows = [_sums_row("Today", days.get(today, _Sums())), _sums_row(label, everything)]
        rows += _top_rows("model", [(charge.model, charge.tokens) for charge in self.charges])
        rows += _top_rows("method", [(charge.method, charge.tokens) for charge in self.charges])
        return DetailSection(tuple(rows), TITLE, _chart(days, first, today))


def parse_billing(document: object, zone: tzinfo, hidden: Collection[str] = ()) -> BillingPage:
    """Read a page. Raises AuthRejected, RequestRefused, ParseError for a document without records.

    Days without a time are those of `zone`; `hidden` as in `parse_remains`.
    """
    require_success(document, hidden)
    body = unwrap(document)
    records, total = as_items(body.get("charge_records")), whole(body.get("total_cnt"))
    if not records and total != 0 and body.get("charge_records") != []:
        raise ParseError("The MiniMax billing history could not be read. Update the app if it stays.", path="$")
    found = [as_fields(item) for item in records]
    times = [_time(record, zone) for record in found]
    charges = tuple(_charge(record, at) for record, at in zip(found, times, strict=True) if at and _counts(record))
    return BillingPage(charges, len(found), total, min((at for at in times if at), default=None))


def _counts(record: Fields) -> bool:
    told = next((word for key in ("result", "status") if (word := _word(record.get(key)))), "")
    return not told or told.upper() == "SUCCESS"


def _word(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _charge(record: Fields, at: datetime) -> Charge:
    tokens = number(record.get("consume_token")) or 0.0
    if tokens <= 0:
        tokens = sum(number(record.get(f"consume_{way}_token")) or 0.0 for way in ("input", "output"))
    amounts = (number(record.get(key)) for key in ("consume_cash_after_voucher", "consume_cash"))
    cash = next((amount for amount in amounts if amount is not None), None)
    model, method = ((text(record.get(key)) or "")[:_LONGEST_NAME] for key in ("model", "method"))
    return Charge(at, max(0.0, tokens), None if cash is None else max(0.0, cash), model, method)


def _time(record: Fields, zone: tzinfo) -> datetime | None:
    """Return `created_at` (seconds or milliseconds), else the day `ymd` in `zone`, else `consume_time` in UTC."""
    created = number(record.get("created_at"))
    if created is not None and created > 0:
        return moment(created / 1000 if created > _MILLISECONDS_FROM else created)
    day = _DAY.fullmatch(text(record.get("ymd")) or "")
    if day:
        try:
            return datetime(int(day[1]), int(day[3]), int(day[4]), tzinfo=zone)
        except ValueError:
            return None
    consumed = text(record.get("consume_time"))
    found = parse_iso_time(consumed.replace("/", "-")) if consumed else None
    return found.astimezone(UTC) if found else None


def _sums_row(label: str, sums: _Sums) -> DetailRow:
    return DetailRow(label, _tokens(sums.tokens), None if sums.cash is None else f"{sums.cash:,.2f} cash")


def _top_rows(kind: str, pairs: Sequence[tuple[str, float]]) -> Iterator[DetailRow]:
    totals = Counter[str]()
    for name, tokens in pairs:
        totals[name] += math.floor(tokens)
    named = sorted(((name, total) for name, total in totals.items() if name), key=_by_tokens)
    for place, (name, total) in zip(_PLACES, named[:TOP], strict=False):
        yield DetailRow(f"{place} {kind}", name, _tokens(total))


def _by_tokens(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0].lower()


def _tokens(amount: float) -> str:
    return f"{amount:,.0f} {'token' if amount == 1 else 'tokens'}"


def _chart(days: dict[date, _Sums], first: date, today: date) -> DetailChart:
    every = [first + timedelta(days=offset) for offset in range((today - first).days + 1)]
    points = tuple(ChartPoint(day.isoformat(), days[day].tokens if day in days else 0.0) for day in every)
    return DetailChart("bars", points, title="Daily tokens", unit="tokens")
