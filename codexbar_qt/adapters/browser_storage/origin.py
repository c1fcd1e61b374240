"""Which host a storage belongs to. Only https counts, only the exact host; the port does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHEME = "https://"


def normalize_hosts(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts in lower case, each once, in their order; empty ones are left out."""
    return tuple(dict.fromkeys(host.strip().lower() for host in hosts if host.strip()))


def host_of(storage_key: str) -> str | None:
    """Return the host of an origin with or without port, slash and `^` partition suffix; None unless https."""
    origin = storage_key.partition("^")[0].removesuffix("/")
    if not origin.startswith(_SCHEME):
        return None
    host, colon, port = origin[len(_SCHEME) :].partition(":")
    return None if colon and not (port.isascii() and port.isdigit()) else host


def is_partitioned(storage_key: str) -> bool:
    """Whether the storage was made by a page inside another site's page."""
    return "^" in storage_key
