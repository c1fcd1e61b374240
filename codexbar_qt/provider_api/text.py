"""Shared pure reading and writing of small texts: numbers, times, money, cookies, escape sequences, JWT payloads."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_EARLIEST_EPOCH = 0.0
_LATEST_EPOCH = 253402300799.0


def clean(value: str | None) -> str | None:
    """Trim, drop one pair of matching quotes, trim; None when nothing is left."""
    if value is None:
        return None
    text = value.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text or None


def clamp_percent(value: float) -> float:
    """Limit to 0-100."""
    return min(100.0, max(0.0, value))


def parse_iso_time(text: str) -> datetime | None:
    """Read ISO 8601 (any fraction length, `Z` or an offset); aware UTC, None when it is not a time."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_epoch_seconds(value: float) -> datetime | None:
    """Read seconds since 1970; None outside the years 1970-9999."""
    if not _EARLIEST_EPOCH <= value <= _LATEST_EPOCH:
        return None
    return datetime.fromtimestamp(value, UTC)


def format_money(amount: float, symbol: str = "$", *, grouped: bool = True) -> str:
    """Two decimals, point, optional thousands commas, sign before the symbol; never the system's locale."""
    sign = "-" if round(amount, 2) < 0 else ""
    digits = f"{abs(amount):,.2f}" if grouped else f"{abs(amount):.2f}"
    return f"{sign}{symbol}{digits}"


def strip_ansi(text: str) -> str:
    """Remove terminal escape sequences."""
    return _ANSI.sub("", text)


def jwt_payload(token: str) -> dict[str, object] | None:
    """Read the payload of a three-part JWT without checking its signature; None when it is not one."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        payload = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return cast("dict[str, object]", payload) if isinstance(payload, dict) else None


def printable_ascii(text: str, default: str = "unknown") -> str:
    """Reduce to printable ASCII for a header value; `default` when nothing is left."""
    return "".join(char for char in text if " " <= char <= "~").strip() or default


def check_https_base(text: str, *, allow_bare_host: bool = False) -> str | None:
    """Say what is wrong with a base URL, None when it is a plain https one.

    Refused are a scheme other than https, user information, white space, a query, a fragment, and a host of anything
    but letters a-z, digits, dots, hyphens and underscores, or an IPv6 address in brackets: a name in other letters
    looks like one it is not, so only its ASCII form ("xn--...") is taken. With `allow_bare_host` a missing scheme is
    taken as https.
    """
    candidate = text.strip()
    if "://" not in candidate:
        if not allow_bare_host:
            return "The URL needs to start with https://."
        candidate = f"https://{candidate}"
    try:
        parts = urlsplit(candidate)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "The URL cannot be read; write it as https://host/path."
    if parts.scheme.lower() != "https":
        return "The URL needs to use https."
    return _base_complaint(candidate, parts.netloc if host else "")


def _base_complaint(candidate: str, netloc: str) -> str | None:
    # Looked at as a whole, because urlsplit drops tabs and line ends.
    if any(char.isspace() or not char.isprintable() for char in candidate):
        return "The URL cannot contain spaces or invisible characters."
    if not _HOST.fullmatch(netloc) or "\\" in candidate:
        return "The URL needs a plain host name without user name or encoded characters."
    if "?" in candidate or "#" in candidate:
        return "The URL needs to end with its path. Leave out what follows ? or #."
    return None
