"""Hiding personal information inside texts and snapshots."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Snapshot

_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")


def without_addresses(text: str) -> str:
    """Remove e-mail addresses from a text, and the brackets or double spaces they leave."""
    bare = _ADDRESS.sub("", text)
    return re.sub(r"\(\s*\)|<\s*>", "", re.sub(r" {2,}", " ", bare)).strip()


def anonymous(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot that names nobody: no account, and no address in any of its texts."""
    identity = snapshot.identity
    if identity is not None:
        snapshot = replace(snapshot, identity=replace(identity, email=None, account_id=None))
    return cast("Snapshot", _without_addresses(snapshot))


def _without_addresses(value: object) -> object:
    if isinstance(value, str):
        return without_addresses(value) if "@" in value else value
    if isinstance(value, tuple):
        return tuple(_without_addresses(item) for item in cast("tuple[object, ...]", value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _without_addresses(getattr(value, item.name)) for item in fields(value)})
    return value
