"""The prices in force: the built-in list, the catalogue where people turned it on, their own prices (token-cost.md 6).

Order: own prices, built-in rows that ended at a moment, the catalogue, the built-in list.
"""

from __future__ import annotations

import math
from collections.abc import Mapping  # noqa: TC003 - part of a dataclass
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codexbar_qt.cost import custom_prices
from codexbar_qt.cost.model_names import claude_names, codex_names, keeps_logged_name
from codexbar_qt.cost.price_book import PriceBook, Rates, decode_price_file, price_book
from codexbar_qt.resource_folder import resource_folder

if TYPE_CHECKING:
    from codexbar_qt.cost.price_book import DatedRates

    Steps = tuple[tuple[float, Rates], ...]

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceTable:
    """List prices by model and moment. `custom` holds own rates by name in lower case.

    `notes` are sentences for people on price files that could not be used.
    """

    built_in: PriceBook
    catalogue: PriceBook | None = None
    custom: Mapping[str, Rates] = field(default_factory=dict[str, Rates])
    notes: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Where the prices are from: "built-in table of August 2026"."""
        origin = f"built-in table of {_date_text(self.built_in.date)}"
        if self.catalogue is not None:
            origin = f"models.dev on {_date_text(self.catalogue.date)}, {origin}"
        return f"your own prices, {origin}" if self.custom else origin

    def rates(self, family: str, model: str, moment: float, is_long: bool) -> Rates | None:
        """Return what tokens cost at a moment (seconds since 1970, UTC), None for a model without a price.

        `model` is the name as logged; `is_long`: the prompt was above the threshold of the family.
        """
        for until, rates in self.steps(family, model, is_long):
            if moment < until:
                return rates
        return None

    def steps(self, family: str, model: str, is_long: bool) -> Steps:
        """Return the rates of a model over time, each with the moment it ended at; empty for one without a price."""
        names = self._names(family, model)
        if family == custom_prices.FAMILY and self.custom:
            own = custom_prices.custom_rates(self.custom, model, names)
            if own is not None:
                return ((math.inf, own),)
        dated = next((found for name in names if (found := self._dated(family, name))), ())
        return tuple((item.until, item.long if is_long else item.usual) for item in dated)

    def report_name(self, family: str, model: str) -> str:
        """Return the name that reports show: cleaned up where the model is known, else as logged."""
        if keeps_logged_name(model):
            return model
        return next((name for name in self._names(family, model) if self._dated(family, name)), model)

    def _names(self, family: str, model: str) -> tuple[str, ...]:
        def is_listed(name: str) -> bool:
            return (family, name) in self.built_in.rates

        if family == "codex":
            return codex_names(model, is_listed, self.built_in.aliases)
        return claude_names(model, is_listed)

    def _dated(self, family: str, name: str) -> tuple[DatedRates, ...]:
        built_in = self.built_in.rates.get((family, name), ())
        listed = () if self.catalogue is None else self.catalogue.rates.get((family, name), ())
        if not listed:
            return built_in
        ended = tuple(item for item in built_in if item.until < math.inf)
        fast = built_in[-1].usual.fast_percent if built_in else 100
        return ended + tuple(replace(item, usual=replace(item.usual, fast_percent=fast)) for item in listed)


def built_in_table() -> PriceTable:
    """Return the table that comes with the app. Reads one small file."""
    return PriceTable(price_book(decode_price_file((resource_folder() / "prices.json").read_bytes())))


def _date_text(date: str) -> str:
    year, month, *day = date.split("-")
    month_text = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(day[0])} {month_text}" if day else month_text
