"""What somebody pasted: a Cookie header or a whole cURL command, with a token and a group id in it or not. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Secret, cookie_pairs, pasted_cookie_header

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSION_COOKIE = "HERTZ-SESSION"
_TOKEN = re.compile(r"\bauthorization:\s*bearer\s+([A-Za-z0-9._\-+=/]+)", re.IGNORECASE)
_GROUPS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bx-group-id:\s*([0-9]{4,32})",
        r"\bminimax_group_id_v2=([0-9]{4,32})",
        r"\bgroup_?id=([0-9]{4,32})",
    )
)
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Login:
    """What a request signs in with. `group_id` is "" when it is not known."""

    cookie: Secret | None
    bearer: Secret | None = None
    group_id: str = field(default="", repr=False)

    def hidden(self) -> frozenset[str]:
        """Return the texts that no message may repeat."""
        cookie = self.cookie.reveal() if self.cookie else ""
        parts = [cookie, *(value for _, value in cookie_pairs(cookie))]
        parts += [self.bearer.reveal()] if self.bearer else []
        return frozenset(part for part in parts if len(part) >= 4)


def parse_pasted(text: str) -> Login | None:
    """Read pasted text; None when no cookie is left of it, or one that no header can carry."""
    header = pasted_cookie_header(text)
    if header is None or _UNSENDABLE.search(header):
        return None
    token = _TOKEN.search(text)
    return Login(Secret(header), Secret(token[1]) if token else None, find_group_id(text))


def find_group_id(text: str) -> str:
    """Return the group id named in a header, a cookie or a query, "" when none is."""
    return next((found[1] for pattern in _GROUPS if (found := pattern.search(text))), "")


def session_token(cookie: Secret) -> Secret | None:
    """Return the session cookie, which some accounts may use as a bearer token."""
    values = (value for name, value in cookie_pairs(cookie.reveal()) if name.upper() == SESSION_COOKIE)
    found = next((value for value in values if value), None)
    return Secret(found) if found else None


def logins_of(known: Login, tokens: tuple[Secret, ...] = ()) -> Iterator[Login]:
    """Give the ways to sign in with a cookie session: each token beside it, the session as token, the cookies alone."""
    if known.cookie is None:
        return
    own = session_token(known.cookie)
    bearers = dict.fromkeys(token for token in (known.bearer, *tokens, own) if token is not None)
    group_id = known.group_id or find_group_id(known.cookie.reveal())
    for bearer in (*bearers, None):
        yield Login(known.cookie, bearer, group_id)
