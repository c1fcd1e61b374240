"""Takes secrets and addresses of people out of log texts. Pure; every pattern is linear in the length of the text."""

from __future__ import annotations

import re

LONGEST_TEXT = 16 * 1024
_MARGIN = 1024
_GONE = "[redacted]"

_NAME = r"[A-Za-z0-9_-]*"
_TELLING = (
    r"(?:access|refresh|id|auth|session|csrf|bearer|api|device|user)?[_-]?token"
    r"|(?:api|secret|private|session|access|client|management)?[_-]?key"
    r"|(?:client|app)?[_-]?secret|password|passwd|passphrase|cookies?[_-]?header|credentials?"
)
# In this order: e-mails, key prefixes, bearer tokens, Cookie lines, Authorization lines, then JWTs and named values.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^/\s@\"'<>]{1,512}@"), f"{_GONE}@"),
    (
        re.compile(
            r"(?<![^\s@<>\"'(),:;\[\]{}/=&?|])[^\s@<>\"'(),:;\[\]{}/=&?|]+(?:@|%40)"
            r"[^\s@<>\"'(),:;\[\]{}/=&?|]+\.[^\W\d_]{2,}"
        ),
        "[email]",
    ),
    (
        re.compile(
            r"(?<![A-Za-z0-9])(?:sk-|pk-|rk-|fw_|gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-|AIza|AKIA|ASIA|hf_|gsk_|xai-|"
            r"pplx-|r8_|ya29\.|1//|fk-|wk-|sgamp_|ctx7sk-|tvly-|dop_v1_|npm_|pypi-)[A-Za-z0-9._~+/=-]{5,}"
        ),
        _GONE,
    ),
    (re.compile(r"(?i)\b(bearer)[\s:]+[A-Za-z0-9._~+/=%-]{4,}"), rf"\1 {_GONE}"),
    (re.compile(r"(?i)((?:set-)?cookie[\"']?\s{0,8}:)[^\r\n]+"), rf"\1 {_GONE}"),
    (
        re.compile(r"(?i)((?:authorization|x-api-key|x-goog-api-key|api-key|x-auth-token)[\"']?\s{0,8}:)[^\r\n]+"),
        rf"\1 {_GONE}",
    ),
    (re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,4}"), _GONE),
    (
        re.compile(
            rf"(?i)([?&;](?:{_NAME}(?:token|key|secret|password|auth|session|sig|signature)|code|state|sid)=)[^&\s#;\"'<>]+"
        ),
        rf"\1{_GONE}",
    ),
    (
        re.compile(
            rf"(?i)((?<![A-Za-z0-9])(?:[A-Za-z0-9]{{1,40}}[_-]){{0,6}}(?:{_TELLING})[\"']?\s{{0,8}}[:=]\s{{0,8}})"
            r"(?!\[redacted\])(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s\"',;&}\]]+)"
        ),
        rf"\1{_GONE}",
    ),
)


def redact(text: str) -> str:
    """Return `text` without e-mail addresses, keys, tokens, cookies and credentials; at most 16 384 characters."""
    shown = text[: LONGEST_TEXT + _MARGIN]
    for pattern, replacement in _RULES:
        shown = pattern.sub(replacement, shown)
    if len(text) <= LONGEST_TEXT:
        return shown
    # The end may be the first half of something that was not recognised without its second half.
    return f"{shown[: min(LONGEST_TEXT, len(shown) - _MARGIN)]} [cut]"
