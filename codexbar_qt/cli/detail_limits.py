"""The limits within which generic provider information is printed (cli.md 4.2)."""

from __future__ import annotations

from dataclasses import replace

from codexbar_qt.provider_api import DetailChart, DetailRow, DetailSection

MAX_SECTIONS, MAX_ROWS, MAX_POINTS, MAX_CHARACTERS = 8, 24, 120, 120


def limited_details(details: tuple[DetailSection, ...]) -> tuple[DetailSection, ...]:
    """Return the sections with something to show: rows and points with blank parts dropped, the rest cut to size."""
    sections = (_section(section) for section in details)
    return tuple(section for section in sections if section.rows or section.chart)[:MAX_SECTIONS]


def _section(section: DetailSection) -> DetailSection:
    rows = tuple(_row(row) for row in section.rows if row.label.strip() and row.value.strip())
    return DetailSection(rows[:MAX_ROWS], _short(section.title), _chart(section.chart))


def _row(row: DetailRow) -> DetailRow:
    return replace(row, label=_cut(row.label), value=_cut(row.value), secondary_value=_short(row.secondary_value))


def _chart(chart: DetailChart | None) -> DetailChart | None:
    """Keep the newest points: a chart runs from old to new."""
    if chart is None:
        return None
    points = tuple(replace(point, label=_cut(point.label)) for point in chart.points if point.label.strip())
    if not points:
        return None
    return replace(chart, points=points[-MAX_POINTS:], title=_short(chart.title), unit=_short(chart.unit))


def _short(text: str | None) -> str | None:
    return _cut(text) if text and text.strip() else None


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
