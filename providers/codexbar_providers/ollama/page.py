"""The settings page: both limits, the plan and the address, or a form to sign in.

The page is read in pieces: html.parser takes seconds for a broken page of 64 KB, and this runs beside the window.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import islice
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    AuthRejected,
    Identity,
    ParseError,
    RateWindow,
    Snapshot,
    clamp_percent,
    parse_iso_time,
)

if TYPE_CHECKING:
    from datetime import datetime

SESSION_MINUTES = 300
WEEK_MINUTES = 10_080
NOT_SIGNED_IN = (
    "Not signed in to Ollama. Sign in at https://ollama.com/signin in a browser; with Cookie source Manual, paste a "
    "new header in Settings."
)
_SESSION, _HOURLY, _WEEKLY = _LABELS = ("Session usage", "Hourly usage", "Weekly usage")
_PLAN_HEADING = re.compile("Cloud Usage")
_LONGEST_BLOCK = 4_000
_PIECE = 1_500
_MOST_PLACES = 8
_LONGEST_WORD = 320
_NUMBER = r"(?<![0-9.])([0-9]{1,12}(?:\.[0-9]{1,12})?)"
_USED = re.compile(rf"{_NUMBER}\s{{0,20}}%\s{{0,20}}used\b", re.IGNORECASE)
_WIDTH = re.compile(rf"\bwidth\s{{0,20}}:\s{{0,20}}{_NUMBER}\s{{0,20}}%", re.IGNORECASE)
_RESET = re.compile(r"\bdata-time\s{0,20}=\s{0,20}[\"']([^\"']{1,64})[\"']", re.IGNORECASE)
_EMAIL_ID = re.compile(r"\bid\s{0,20}=\s{0,20}[\"']?header-email\b", re.IGNORECASE)
_FORM = re.compile(r"<form[\s>]", re.IGNORECASE)
_HEADING = re.compile(r"(?:sign|log)\s{1,20}in\s{1,20}to\s{1,20}ollama\b", re.IGNORECASE)
_FIELD = r"\b(?:type|name|id)\s{0,20}=\s{0,20}[\"']?"
_EMAIL_FIELD = re.compile(rf"{_FIELD}email\b", re.IGNORECASE)
_PASSWORD_FIELD = re.compile(rf"{_FIELD}(?:current-)?password\b", re.IGNORECASE)
_ROUTE = re.compile(
    r"/auth/signin\b|\b(?:action|href)\s{0,20}=\s{0,20}[\"']?(?:https://(?:www\.)?ollama\.com)?/(?:login|signin)"
    r"(?=[\"'\s>?#/]|$)",
    re.IGNORECASE,
)


def parse_settings_page(text: str, *, now: datetime) -> Snapshot:
    """Read the page. Raises AuthRejected for a sign-in form, ParseError when it shows no usage."""
    primary = _window(text, _SESSION, SESSION_MINUTES) or _window(text, _HOURLY, None)
    secondary = _window(text, _WEEKLY, WEEK_MINUTES)
    if primary is None and secondary is None:
        if is_signed_out(text):
            raise AuthRejected(NOT_SIGNED_IN)
        told = "Ollama settings page could not be parsed: it shows no usage. Report it if it stays."
        raise ParseError(told, path="$")
    return Snapshot(
        updated_at=now,
        primary=primary,
        secondary=secondary,
        identity=Identity(email=_email(text), login_method=_plan(text)),
    )


def is_signed_out(text: str) -> bool:
    """Whether a page without usage asks people to sign in; the words alone are not enough."""
    if not _FORM.search(text):
        return False
    has_email, has_password = bool(_EMAIL_FIELD.search(text)), bool(_PASSWORD_FIELD.search(text))
    if _ROUTE.search(text) or (has_email and has_password):
        return True
    return bool(_HEADING.search(text)) and (has_email or has_password)


def _window(text: str, label: str, minutes: int | None) -> RateWindow | None:
    block = _block(text, label)
    percent = _USED.search(block) or _WIDTH.search(block)
    if percent is None:
        return None
    reset = _RESET.search(block)
    return RateWindow(clamp_percent(float(percent[1])), minutes, parse_iso_time(reset[1]) if reset else None)


def _block(text: str, label: str) -> str:
    """Return what belongs to a label: up to the next other one, so that no reset is borrowed from there."""
    _, _, after = text.partition(label)
    block = after[:_LONGEST_BLOCK]
    ends = [place for other in _LABELS if other != label and (place := block.find(other)) >= 0]
    return block[: min(ends, default=_LONGEST_BLOCK)]


def _plan(text: str) -> str | None:
    """Return the text of the `<span>` that follows the one of the heading, as the page spells it."""
    for found in islice(_PLAN_HEADING.finditer(text), _MOST_PLACES):
        steps = _read(text[found.start() :])
        if [kind for kind, _ in steps[:4]] == ["text", "/span", "span", "text"] and steps[0][1] == found[0]:
            return steps[3][1][:_LONGEST_WORD]
    return None


def _email(text: str) -> str | None:
    """Return the text of the element with the id `header-email`, if it is an address."""
    for found in islice(_EMAIL_ID.finditer(text), _MOST_PLACES):
        opening = text.rfind("<", max(0, found.start() - _PIECE), found.start())
        steps = _read(text[opening:]) if opening >= 0 else []
        if steps and steps[0][1] == "header-email":
            ends = [index for index, (kind, _) in enumerate(steps) if kind == f"/{steps[0][0]}"]
            inside = [words for kind, words in steps[1 : min(ends, default=0)] if kind == "text"]
            address = "".join(inside)
            return address[:_LONGEST_WORD] if "@" in address else None
    return None


def _read(text: str) -> list[tuple[str, str]]:
    reader = _PieceReader()
    reader.feed(text[:_PIECE])
    reader.close()
    return reader.steps


class _PieceReader(HTMLParser):
    """Notes what a piece of a page consists of: ("span", its id), ("text", words), ("/span", "")."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.steps.append((tag, dict(attrs).get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.steps.append((f"/{tag}", ""))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.steps.append(("text", data.strip()))
