"""The tokens that Factory's page keeps in the local storage of a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Secret, clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from codexbar_qt.provider_api import StoredEntry

_REFRESH = "workos:refresh-token"
_ACCESS = "workos:access-token"


def has_refresh_token(entries: Collection[StoredEntry]) -> bool:
    """Whether the token that is needed is among these entries."""
    return any(entry.key == _REFRESH for entry in entries)


def tokens_of(entries: Collection[StoredEntry]) -> Iterator[tuple[Secret | None, Secret]]:
    """Give the access token, where there is one, and the refresh token of every host, each pair once."""
    given: set[Secret] = set()
    for host in dict.fromkeys(entry.host for entry in entries):
        access, refresh = (_value(entries, host, key) for key in (_ACCESS, _REFRESH))
        if refresh is not None and refresh not in given:
            given.add(refresh)
            yield access, refresh


def _value(entries: Collection[StoredEntry], host: str, key: str) -> Secret | None:
    """Return a token without the quotes of a JSON text; what no header can carry is none."""
    texts = (clean(entry.value.reveal()) for entry in entries if (entry.host, entry.key) == (host, key))
    return next((Secret(text) for text in texts if text and all("!" <= sign <= "~" for sign in text)), None)
