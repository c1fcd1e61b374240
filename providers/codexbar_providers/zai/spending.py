"""The two extras: tokens per model over time, and the balance of a BigModel account."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    ChartPoint,
    DetailChart,
    DetailRow,
    DetailSection,
    ParseError,
    format_money,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import JsonView

MOST_MODELS = 20
MOST_POINTS = 120


def parse_model_usage(body: JsonView, title: str) -> DetailSection | None:
    """Read token counts per model and time; None when nothing was used. Raises ParseError for any other shape.

    `modelDataList` has one row of cells per model, in the order of `x_time`.
    """
    _require_success(body)
    data = body["data"]
    times = [item.string().strip() for item in data["x_time"].items()]
    totals: dict[str, float] = {}
    sums = [0.0] * len(times)
    for model in data["modelDataList"].items():
        cells = _cells(model, len(times))
        name = model["modelName"].string().strip()
        totals[name] = totals.get(name, 0.0) + sum(cells)
        sums = [before + cell for before, cell in zip(sums, cells, strict=True)]
    if not all(math.isfinite(number) for number in (*sums, *totals.values())):
        raise ParseError("The answer has amounts out of range.", path="$.data.modelDataList")
    points = [ChartPoint(time, amount) for time, amount in zip(times, sums, strict=True) if amount > 0]
    if not points:
        return None
    chart = DetailChart("bars", tuple(points[-MOST_POINTS:]), title=title, unit="tokens")
    return DetailSection(_model_rows(totals), title=title, chart=chart)


def parse_balance(body: JsonView) -> DetailRow | None:
    """Read the balance of an account in yuan; None when it is not told. Raises ParseError for any other shape."""
    _require_success(body)
    data = body["data"]
    amount = _amount(data, "availableBalance")
    amount = _amount(data, "balance") if amount is None else amount
    if amount is None:
        return None
    granted = _amount(data, "giveAmount")
    parts = (
        ("recharged", _amount(data, "rechargeAmount")),
        ("granted", granted if granted is not None and granted > 0 else None),
        ("spent", _amount(data, "totalSpendAmount")),
    )
    told = " · ".join(f"{word} {_yuan(value)}" for word, value in parts if value is not None)
    return DetailRow("Account balance", _yuan(amount), told or None)


def format_count(amount: float) -> str:
    """Return an amount with thousands commas, decimals only where it has some."""
    return f"{amount:,.0f}" if amount.is_integer() else f"{amount:,.2f}"


def _model_rows(totals: dict[str, float]) -> tuple[DetailRow, ...]:
    used = [(name, total) for name, total in totals.items() if name and total > 0]
    used.sort(key=lambda item: (-item[1], item[0]))
    return tuple(DetailRow(name, format_count(total)) for name, total in used[:MOST_MODELS])


def _cells(model: JsonView, count: int) -> Sequence[float]:
    """Return one number per time: what is missing, null or below zero is 0, what has no time is left out."""
    cells = [0.0 if item.is_null() else max(0.0, item.number()) for item in model["tokensUsage"].items()]
    return (cells + [0.0] * count)[:count]


def _amount(data: JsonView, field: str) -> float | None:
    value = data.get(field)
    return None if value is None else value.number()


def _require_success(body: JsonView) -> None:
    code = body.get("code")
    if not body["success"].boolean() or (code is not None and code.integer() != 200):
        raise ParseError("The answer is no success.", path="$.success")


def _yuan(amount: float) -> str:
    return format_money(amount, "¥")
