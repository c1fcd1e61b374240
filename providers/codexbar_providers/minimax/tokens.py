"""Tokens and group ids in what pages have stored in a browser. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from codexbar_providers.minimax.loose import number, walk
from codexbar_qt.provider_api import Secret, jwt_payload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from codexbar_qt.provider_api import StoredEntry

PREFERRED_LENGTH = 60
MOST_TOKENS = 5
_SHORTEST = 20
_SIGN = r"[A-Za-z0-9._\-+=/]"
_KEYED = re.compile(rf"(?:access_token|accessToken|id_token|idToken)[^A-Za-z0-9._\-+=/]++({_SIGN}{{{_SHORTEST},}}+)")
_TOKEN_KEYS = frozenset(
    {"access_token", "accessToken", "id_token", "idToken", "token", "authToken", "authorization", "bearer"}
)
_JWT_PART = "[A-Za-z0-9_-]{10,}+"
# Nothing is tried twice, so that a long text without tokens takes no longer than another.
_JWT = re.compile(rf"(?<![A-Za-z0-9_-]){_JWT_PART}\.{_JWT_PART}\.{_JWT_PART}")
_WHOLE = re.compile(rf"{_SIGN}{{{_SHORTEST},}}+")
_OWN_CLAIMS = ("GroupID", "GroupName", "UserName", "SubjectID", "Mail", "TokenType")
_GROUP_CLAIMS = ("group_id", "groupId", "groupID", "gid", "tenant_id", "tenantId", "org_id", "orgId")
_GROUP_MARKERS = ('groups":[', 'groupId":"', 'group_id":"')
_BEHIND_MARKER = 200
_DIGITS = re.compile(r"[0-9]{4,32}")
_PLAIN_ID = re.compile(r"(?=.{0,63}[0-9])[A-Za-z0-9_-]{1,64}")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What one profile holds: tokens, the likeliest first, and the group id, "" when none was found."""

    tokens: tuple[Secret, ...] = ()
    group_id: str = ""


def find_tokens(entries: Iterable[StoredEntry], origins: Collection[str], now: datetime) -> Found:
    """Look through the entries of a profile, those of `origins` first.

    Tokens with dots that other hosts have stored, and long runs in binary data, have to be JWTs of MiniMax. Tokens that
    have run out are left out; at most 5 are given, those of MiniMax first.
    """
    kept = list(entries)
    plain = [(entry.host in origins, entry.value.reveal()) for entry in kept if entry.kind != "indexed"]
    tokens = (
        _distinct(token for is_own, text in plain if is_own for token in extract_tokens(text))
        or _distinct(
            token for _, text in plain for token in extract_tokens(text) if "." not in token or is_own_jwt(token)
        )
        or _distinct(token for entry in kept for token in _raw_tokens(entry.value.reveal()))
    )
    usable = sorted(
        (token for token in tokens if not _has_run_out(token, now)), key=lambda token: not is_own_jwt(token)
    )
    group_ids = (*(extract_group_id(text) for _, text in plain), *(group_id_of_jwt(token) for token in usable[:1]))
    group_id = next((found for found in group_ids if found), "")
    return Found(tuple(Secret(token) for token in usable[:MOST_TOKENS]), group_id)


def extract_tokens(text: str) -> tuple[str, ...]:
    """Return what looks like a token in a stored text; shorter ones only when none has 60 characters."""
    found = dict.fromkeys([*_KEYED.findall(text), *_tokens_in_json(text, 0), *_JWT.findall(text)])
    long = tuple(token for token in found if len(token) >= PREFERRED_LENGTH)
    return long or tuple(found)


def is_own_jwt(token: str) -> bool:
    """Whether a token is a JWT of MiniMax, by its issuer or by claims that no other service uses."""
    claims = jwt_payload(token)
    if claims is None:
        return False
    issuer = claims.get("iss")
    return (isinstance(issuer, str) and "minimax" in issuer.lower()) or any(
        claims.get(name) is not None for name in _OWN_CLAIMS
    )


def extract_group_id(text: str) -> str:
    """Return the group id in a stored text, "" when there is none."""
    candidates = [value for key, value in _members(text, 0) if "group" in key.lower()]
    found = _best_id(candidates)
    if found:
        return found
    for marker in _GROUP_MARKERS:
        place = text.find(marker)
        if place >= 0:
            start = place + len(marker)
            return _longest_digits(text[start : start + _BEHIND_MARKER])
    return ""


def group_id_of_jwt(token: str) -> str:
    """Return the group id among the claims of a JWT, "" when there is none."""
    claims = jwt_payload(token) or {}
    named = [claims[name] for name in _GROUP_CLAIMS if claims.get(name) is not None]
    return _best_id([*named, *(value for key, value in claims.items() if "group" in key.lower())])


def expiry_of(token: str) -> float | None:
    """Return when a JWT runs out, in seconds since 1970; None for another token and for one that does not say."""
    return number((jwt_payload(token) or {}).get("exp"))


def _distinct(tokens: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(tokens))


def _raw_tokens(text: str) -> Iterator[str]:
    runs = (*_WHOLE.findall(text), *_JWT.findall(text))
    return (run for run in runs if len(run) >= PREFERRED_LENGTH and is_own_jwt(run))


def _has_run_out(token: str, now: datetime) -> bool:
    expiry = expiry_of(token)
    return expiry is not None and expiry <= now.timestamp()


def _tokens_in_json(text: str, depth: int) -> Iterator[str]:
    for key, value in _members(text, depth):
        if isinstance(value, str) and key in _TOKEN_KEYS:
            bare = re.sub(r"(?i)^bearer\s+", "", value.strip())
            if _WHOLE.fullmatch(bare):
                yield bare


def _members(text: str, depth: int) -> Iterator[tuple[str, object]]:
    """Give every key and value of a JSON text and of JSON texts inside it."""
    for key, value in walk(_decoded(text)):
        yield key, value
        if isinstance(value, str) and depth < _DEEPEST:
            yield from _members(value, depth + 1)


def _decoded(text: str) -> object:
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return None


def _best_id(values: Iterable[object]) -> str:
    """Return the longest digits of the first value that has four of them, else the first value that can be an id."""
    texts = [str(value).strip() for value in values if isinstance(value, str | int) and not isinstance(value, bool)]
    digits = (_longest_digits(text) for text in texts)
    plain = (text for text in texts if _PLAIN_ID.fullmatch(text))
    return next((found for found in digits if found), "") or next(plain, "")


def _longest_digits(text: str) -> str:
    return max(_DIGITS.findall(text), key=len, default="")


def has_tokens(entries: Collection[StoredEntry]) -> bool:
    """Whether entries hold anything that looks like a token; groups alone are not enough."""
    return any(extract_tokens(entry.value.reveal()) for entry in entries)
