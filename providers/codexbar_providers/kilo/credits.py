"""The credits of an account: bought in blocks, spent from them. `…_mUsd` means millionths of a dollar."""

from __future__ import annotations

from dataclasses import dataclass

from codexbar_providers.kilo.loose import MICROS, as_fields, contexts, first_items, first_number, number
from codexbar_qt.provider_api import RateWindow, clamp_percent

_USED = ("used", "usedCredits", "consumed", "spent", "creditsUsed")
_TOTAL = ("total", "totalCredits", "creditsTotal", "limit")
_REMAINING = ("remaining", "remainingCredits", "creditsRemaining")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Used, total and left of one lane in one unit; None is unknown."""

    used: float | None = None
    total: float | None = None
    remaining: float | None = None

    @property
    def spent(self) -> float:
        """What is used, worked out where it is not told; never below 0."""
        if self.used is not None:
            return max(0.0, self.used)
        if self.total is None or self.remaining is None:
            return 0.0
        return max(0.0, self.total - self.remaining)


def parse_credits(payload: object) -> RateWindow | None:
    """Return the lane of the credits, None when their total is unknown; a total of nothing is all used."""
    amounts = _from_blocks(payload) or _from_names(payload)
    if amounts.total is None:
        return None
    total, used = max(0.0, amounts.total), amounts.spent
    return RateWindow(
        used_percent=share_used(used, total), reset_description=f"{_compact(used)}/{_compact(total)} credits"
    )


def share_used(used: float, total: float) -> float:
    """Return percent 0-100; 100 of a total of nothing, so that it shows as spent."""
    return clamp_percent(used / total * 100) if total > 0 else 100.0


def _from_blocks(payload: object) -> Amounts | None:
    blocks = [as_fields(item) or {} for item in first_items(contexts(payload), "creditBlocks") or ()]
    amounts = [found for block in blocks if (found := number(block.get("amount_mUsd"))) is not None]
    balances = [found for block in blocks if (found := number(block.get("balance_mUsd"))) is not None]
    if not amounts and not balances:
        return None
    # Added up before they are divided: whole numbers lose nothing.
    total, remaining = max(0.0, sum(amounts)), max(0.0, sum(balances))
    return Amounts(
        used=max(0.0, total - remaining) / MICROS if amounts and balances else None,
        total=total / MICROS if amounts else None,
        remaining=remaining / MICROS if balances else None,
    )


def _from_names(payload: object) -> Amounts:
    everywhere = contexts(payload)
    blocks = [block for item in first_items(everywhere, "blocks") or () if (block := as_fields(item)) is not None]
    places = (*blocks, *everywhere)
    used, total, remaining = (first_number(places, keys) for keys in (_USED, _TOTAL, _REMAINING))
    if total is None and used is not None and remaining is not None:
        total = used + remaining
    balance = first_number(everywhere, ("totalBalance_mUsd",))
    if used is None and total is None and remaining is None and balance is not None:
        left = max(0.0, balance) / MICROS
        return Amounts(0.0, left, left)
    return Amounts(used, total, remaining)


def _compact(amount: float) -> str:
    shown = round(amount, 6)
    return f"{shown:.0f}" if shown.is_integer() else f"{shown:.2f}"
