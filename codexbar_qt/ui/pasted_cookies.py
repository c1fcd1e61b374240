"""What a person pasted as a browser session: cookies by name, or a token. Pure; values stay inside `text`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codexbar_qt.provider_api import cookie_pairs, pasted_cookie_header

LONGEST_PASTE = 65536
_SHOWN_NAMES = 8
_COMMAND = re.compile(r"\s*curl(?:\.exe)?\s", re.IGNORECASE)
_BEARER = re.compile(r"\bbearer\s+[A-Za-z0-9._~+/=-]{16,}", re.IGNORECASE)
_BARE_TOKEN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2}|[A-Za-z0-9._~+/-]{40,}")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ANSI_QUOTED = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ANSI_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_NOTHING = "No cookie was found in this. Copy a request of the site as cURL, or its Cookie header, and paste that."
_TOO_LONG = "This is longer than a browser session can be. Copy one request as cURL and paste that alone."


@dataclass(frozen=True, slots=True)
class PastedSession:
    """What was found. `text` is what gets stored; `problem` says why there is nothing to store, "" when there is.

    `names` are the names of the cookies in order, each once.
    """

    text: str = field(default="", repr=False)
    names: tuple[str, ...] = ()
    has_token: bool = False
    problem: str = ""

    @property
    def found(self) -> str:
        """One sentence about what is in it, names only; "" for nothing."""
        if not self.names:
            return "Found a token." if self.has_token else ""
        shown, more = self.names[:_SHOWN_NAMES], len(self.names) - _SHOWN_NAMES
        listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        count = "1 cookie" if len(self.names) == 1 else f"{len(self.names)} cookies"
        return f"Found {count}: {listed}" + (", and a token" if self.has_token else "")


def read_paste(text: str) -> PastedSession:
    """Look into a pasted header, header lines, cURL command or bare token (browser-sessions.md 8)."""
    if not text.strip():
        return PastedSession()
    if len(text) >= LONGEST_PASTE:
        return PastedSession(problem=_TOO_LONG)
    plain = _without_shell(text.strip())
    names = _cookie_names(plain)
    has_token = _BEARER.search(plain) is not None or (not names and _BARE_TOKEN.fullmatch(plain) is not None)
    if not names and not has_token:
        return PastedSession(problem=_NOTHING)
    return PastedSession(plain, names, has_token)


def _cookie_names(text: str) -> tuple[str, ...]:
    header = pasted_cookie_header(text) or ""
    # Without a Cookie line in it the text comes back as it is, and anything has a semicolon somewhere.
    if "\n" in header or _COMMAND.match(header):
        return ()
    first = header.partition(";")[0].partition("=")[0].strip()
    if "cookie" not in text.lower() and not _COMMAND.match(text) and not _NAME.fullmatch(first):
        return ()
    usable = [name for name, value in cookie_pairs(header) if _NAME.fullmatch(name) and not _CONTROL.search(value)]
    return tuple(dict.fromkeys(usable))


def _without_shell(text: str) -> str:
    """Undo what shells add to a copied command: continued lines, carets of cmd, dollar quotes of bash."""
    if not _COMMAND.match(text):
        return text
    if '^"' in text:
        text = re.sub(r"\^(\r?\n|.)", lambda found: found[1].lstrip("\r\n"), text)
    text = re.sub(r"[\\`]\r?\n\s*", " ", text)
    return _ANSI_QUOTED.sub(lambda found: _quoted(_ANSI_ESCAPE.sub(_unescaped, found[1])), text)


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else {"n": "\n", "r": "\r", "t": "\t"}.get(code, code)


def _quoted(text: str) -> str:
    quote = '"' if "'" in text else "'"
    return f"{quote}{text}{quote}"
