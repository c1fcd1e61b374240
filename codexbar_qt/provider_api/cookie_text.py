"""Cookie headers as people paste them: a value, a `Cookie:` line, a whole cURL command (browser-sessions.md 8)."""

from __future__ import annotations

import re

_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"-H\s*'cookie:\s*([^']*)'",
        r'-H\s*"cookie:\s*([^"]*)"',
        r"\bcookie:\s*'([^']*)'",
        r'\bcookie:\s*"([^"]*)"',
        r"\bcookie:\s*([^\r\n]*)",
    )
)
_OPTIONS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:^|\s)(?:-b|--cookie)[ \t=]*'([^']*)'",
        r'(?:^|\s)(?:-b|--cookie)[ \t=]*"([^"]*)"',
        r"(?:^|\s)-b([^\s'\"=]+=[^\s]*)",
        r"(?:^|\s)(?:-b|--cookie)[ \t=]+([^\s'\"][^\s]*)",
    )
)


def pasted_cookie_header(text: str) -> str | None:
    """Find the cookie header in pasted text; None when nothing is left. What is not a command is taken as it is."""
    for form in (*_FORMS, *_OPTIONS):
        found = form.search(text)
        if found:
            return _bare(found[1])
    return _bare(text)


def cookie_pairs(header: str) -> tuple[tuple[str, str], ...]:
    """Split a header into names and values, in order; nameless parts are left out."""
    pairs: list[tuple[str, str]] = []
    for part in header.split(";"):
        name, separator, value = part.partition("=")
        if separator and name.strip():
            pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def join_cookies(pairs: tuple[tuple[str, str], ...]) -> str:
    """Write names and values as a header."""
    return "; ".join(f"{name}={value}" for name, value in pairs)


def _bare(text: str) -> str | None:
    line = re.sub(r"(?i)^\s*cookie:\s*", "", text).strip()
    if len(line) >= 2 and line[0] == line[-1] and line[0] in "'\"":
        line = line[1:-1].strip()
    return line or None
