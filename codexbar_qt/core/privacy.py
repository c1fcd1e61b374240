"""Hiding personal information inside texts and snapshots."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.core.snapshot_texts import map_texts

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
    return map_texts(snapshot, lambda text: without_addresses(text) if "@" in text else text)
