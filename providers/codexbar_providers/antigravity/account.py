"""Whether numbers of a local program belong to the account a person has selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.antigravity.credentials import LOGIN_KEY, parse_login
from codexbar_providers.antigravity.sentences import OTHER_ACCOUNT
from codexbar_qt.provider_api import MissingCredential, ParseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import FetchContext, Snapshot


async def keep_selected(ctx: FetchContext, snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Return the snapshots of the selected account; all of them when none is selected or a source was chosen.

    A snapshot without an e-mail address counts as somebody else's. Raises MissingCredential when none is left.
    """
    if ctx.account is None or not ctx.automatic:
        return tuple(snapshots)
    wanted = await _selected_email(ctx)
    kept = tuple(item for item in snapshots if wanted and _email(item) == wanted)
    if not kept:
        raise MissingCredential(OTHER_ACCOUNT)
    return kept


async def _selected_email(ctx: FetchContext) -> str:
    stored = await ctx.credentials.get(LOGIN_KEY)
    try:
        return "" if stored is None else (parse_login(stored.reveal()).email or "").casefold()
    except ParseError:
        return ""


def _email(snapshot: Snapshot) -> str:
    return ((snapshot.identity.email if snapshot.identity else None) or "").strip().casefold()
