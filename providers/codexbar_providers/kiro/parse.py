"""What the Kiro CLI prints (releases 1.x with boxes, 1.24 as Q Developer, 2.x), read without side effects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from codexbar_qt.provider_api import Identity, ParseError, strip_ansi

UNREADABLE = "Failed to parse Kiro usage; its format may have changed. Update the Kiro CLI and this app."
MANAGE_URL = "https://app.kiro.dev/account/usage"
DEFAULT_TOTAL = 50.0
LONGEST_TEXT = 120

# Every repetition is bounded or possessive: the text may be a megabyte of anything.
_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{0,12})?)"
_PLAN_CELL = re.compile(r"\|[ \t]*+(KIRO[ \t]++\w{1,60}\+?)")
_PLAN_HEADER = re.compile(r"Estimated Usage[ \t]*+\|[^\n|]*+\|[ \t]*+([A-Z][A-Z0-9 ]{1,60}\+?)")
_PLAN_LABEL = re.compile(r"Plan:[ \t]*+(\S[^\n]*+)")
_MANAGED = re.compile(r"managed by (?:admin|organization)", re.IGNORECASE)
_BAR = re.compile(r"(?<!█)█++\s*+([0-9]{1,6})%")
_CREDITS = re.compile(r"\(" + _NUMBER + r"\s++of\s++" + _NUMBER + r"\s++covered")
_RESET = re.compile(r"resets on ([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2})")
_BONUS = re.compile(r"Bonus credits:\s*+" + _NUMBER + r"/([0-9]{1,12})")
_BONUS_EXPIRY = re.compile(r"expires in ([0-9]{1,5}) days?")
_OVERAGES = re.compile(r"Overages:\s*+([^\n]++)", re.IGNORECASE)
_OVERAGE_USED = re.compile(r"Credits used:\s*+" + _NUMBER, re.IGNORECASE)
_OVERAGE_COST = re.compile(r"Est\.\s*+cost:\s*+\$?" + _NUMBER + r"\s*+USD", re.IGNORECASE)
_CONTEXT = (
    ("Context used", re.compile(r"Context window:\s*+" + _NUMBER + r"%\s++used")),
    ("Context files", re.compile(r"Context files\s*+" + _NUMBER + "%")),
    ("Tools", re.compile(r"Tools\s*+" + _NUMBER + "%")),
    ("Kiro responses", re.compile(r"Kiro responses\s*+" + _NUMBER + "%")),
    ("Prompts", re.compile(r"Your prompts\s*+" + _NUMBER + "%")),
)
_METHOD = re.compile(r"logged in with[ \t]*+([^\n]*+)", re.IGNORECASE)
_EMAIL = re.compile(r"email:[ \t]*+([^\n]*+)", re.IGNORECASE)
_VERSION = re.compile(r"\s*+(?:kiro-cli\s++)?v?([0-9]{1,9}(?:\.[0-9]{1,9}){1,5})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LOGGED_OUT = (
    "not logged in",
    "login required",
    "failed to initialize auth portal",
    "kiro-cli login",
    "oauth error",
)
_UNAVAILABLE = "could not retrieve usage information"


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The numbers of `/usage`: credits, percent 0-100 of the plan, US dollars.

    `percent` is the bar's, None when there was only a credits line. `resets_on` is a date as printed (YYYY-MM-DD or
    MM/DD). `bonus` is (used, total) and `bonus_days` what is left of it.
    """

    plan: str
    percent: float | None
    used: float
    total: float
    resets_on: str | None = None
    bonus: tuple[float, float] | None = None
    bonus_days: int | None = None
    overage_status: str | None = None
    overage_used: float | None = None
    overage_cost: float | None = None
    manage_url: str | None = None


def plain_text(output: str) -> str:
    """Remove escape sequences and control characters, make every line end a line feed, trim."""
    text = strip_ansi(output).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def is_logged_out(output: str) -> bool:
    """Whether the CLI says that nobody is signed in."""
    lowered = plain_text(output).lower()
    return any(sign in lowered for sign in _LOGGED_OUT)


def parse_usage(output: str) -> UsageReport:
    """Read the output of `/usage`.

    Raises ParseError when it has neither the bar nor the credits and is not a plan managed by an organization.
    """
    text = plain_text(output)
    if not text or _UNAVAILABLE in text.lower():
        raise ParseError(UNREADABLE, path="/usage")
    plan, is_labelled = _plan(text)
    percent = _number(_BAR, text)
    credits_line = _CREDITS.search(text)
    used, total = (float(credits_line[1]), float(credits_line[2])) if credits_line else (0.0, DEFAULT_TOTAL)
    if percent is None and credits_line is None:
        if not (is_labelled and _MANAGED.search(text)):
            raise ParseError(UNREADABLE, path="/usage")
        percent, used, total = 0.0, 0.0, 0.0
    reset, bonus, expiry = _RESET.search(text), _BONUS.search(text), _BONUS_EXPIRY.search(text)
    status = _OVERAGES.search(text)
    return UsageReport(
        plan=plan,
        percent=percent,
        used=used,
        total=total,
        resets_on=reset[1] if reset else None,
        bonus=(float(bonus[1]), float(bonus[2])) if bonus else None,
        bonus_days=int(expiry[1]) if bonus and expiry else None,
        overage_status=(" ".join(_tidy(status[1]).split()) or None) if status else None,
        overage_used=_number(_OVERAGE_USED, text),
        overage_cost=_number(_OVERAGE_COST, text),
        manage_url=MANAGE_URL if MANAGE_URL in text else None,
    )


def parse_context(output: str) -> tuple[tuple[str, float], ...]:
    """Read the output of `/context`: labels and percentages 0-100 as far as printed, empty when there are none."""
    text = plain_text(output)
    found = ((label, _number(pattern, text)) for label, pattern in _CONTEXT)
    return tuple((label, percent) for label, percent in found if percent is not None)


def parse_whoami(output: str) -> Identity:
    """Read the output of `whoami`: e-mail and way of signing in; older releases print just the e-mail."""
    if is_logged_out(output):
        return Identity()
    method: str | None = None
    email: str | None = None
    for line in plain_text(output).split("\n"):
        if found := _METHOD.search(line):
            method = method or _tidy(found[1]) or None
        elif found := _EMAIL.search(line):
            email = email or _tidy(found[1]) or None
        elif "@" in line and len(line.split()) == 1:
            email = email or _tidy(line) or None
    return Identity(email=email, login_method=method)


def parse_version(output: str) -> str | None:
    """Read the output of `--version`: digits and dots, None when there are none."""
    found = _VERSION.match(plain_text(output))
    return found[1] if found else None


def parse_reset_date(word: str, *, now: datetime, zone: tzinfo) -> datetime | None:
    """Turn a printed date into its local midnight, UTC; None when there is no such day.

    MM/DD is this year's day while that lies ahead, otherwise next year's.
    """
    parts = [int(part) for part in re.findall("[0-9]{1,4}", word)[:3]]
    if "-" in word and len(parts) == 3:
        return _midnight(parts[0], parts[1], parts[2], zone)
    if len(parts) != 2:
        return None
    year = now.astimezone(zone).year
    this_year = _midnight(year, parts[0], parts[1], zone)
    if this_year is not None and this_year > now:
        return this_year
    return _midnight(year + 1, parts[0], parts[1], zone)


def local_zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _plan(text: str) -> tuple[str, bool]:
    label = _PLAN_LABEL.search(text)
    found = label or _PLAN_HEADER.search(text) or _PLAN_CELL.search(text)
    name = _tidy(found[1]) if found else ""
    return name or "Kiro", label is not None


def _midnight(year: int, month: int, day: int, zone: tzinfo) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.search(text)
    return float(found[1]) if found else None


def _tidy(text: str) -> str:
    return text.strip(" \t│┃║|")[:LONGEST_TEXT].rstrip()
