"""Reads the quota file, and explains how to get one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.jetbrains.ides import Ide, find_ides, newest_quota, quota_path
from codexbar_providers.jetbrains.parse import UNREADABLE, parse_quota
from codexbar_qt.provider_api import InvalidSetting, ParseError, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import FetchContext, Snapshot

SETTING = "ideBasePath"
NOT_DETECTED = (
    "No JetBrains IDE with AI Assistant was detected. "
    "Install one, enable AI Assistant and use it once; the quota file appears only then."
)
SETUP = "Enable AI Assistant in an IDE and use it once; its quota then shows here after a refresh."
RETRY_SECONDS = 0.2


async def fetch_from_quota_file(ctx: FetchContext) -> Snapshot:
    """Read the file of the IDE in the setting, else of the IDE used last.

    Raises InvalidSetting (no file at the custom path), ToolNotInstalled (no file anywhere) and ParseError.
    """
    custom = ctx.settings.get(SETTING)
    if custom is not None:
        base = ctx.files.expand(custom)
        snapshot = await _read(ctx, base, organization=None)
        if snapshot is None:
            told = f"The quota file was not found at {custom}. Enable AI Assistant in that IDE and use it once."
            raise InvalidSetting(told, setting=SETTING)
        return snapshot
    chosen = newest_quota(await find_ides(ctx))
    snapshot = await _read(ctx, chosen.base_path, organization=chosen.title) if chosen else None
    if snapshot is None:
        raise ToolNotInstalled(NOT_DETECTED)
    return snapshot


async def explain_setup(ctx: FetchContext, report: Callable[[str], None]) -> str:
    """List the detected IDEs and say what brings the quota file about."""
    report("Looking for JetBrains IDEs…")
    ides = await find_ides(ctx)
    if not ides:
        return f"No JetBrains IDE was detected. Install one first. {SETUP}"
    ready = [ide for ide in ides if ide.has_quota]
    waiting = [ide for ide in ides if not ide.has_quota]
    sentences = [f"Quota found for {_listed(ready)}." if ready else ""]
    sentences.append(f"Found without a quota file: {_listed(waiting)}." if waiting else "")
    sentences.append(SETUP if waiting else "Nothing else needs to be set up.")
    return " ".join(sentence for sentence in sentences if sentence)


async def _read(ctx: FetchContext, base_path: str, organization: str | None) -> Snapshot | None:
    # The IDE writes the file anew every time, so the first read may meet half of it, or nothing.
    snapshot = await _read_once(ctx, base_path, organization)
    if isinstance(snapshot, ParseError) or snapshot is None:
        await ctx.clock.sleep(RETRY_SECONDS)
        snapshot = await _read_once(ctx, base_path, organization)
    if isinstance(snapshot, ParseError):
        raise snapshot
    return snapshot


async def _read_once(ctx: FetchContext, base_path: str, organization: str | None) -> Snapshot | ParseError | None:
    try:
        document = await ctx.files.read_text(quota_path(base_path))
    except ParseError:
        return ParseError(UNREADABLE, path="file")
    if document is None:
        return None
    try:
        return parse_quota(document, now=ctx.clock.now(), organization=organization)
    except ParseError as error:
        return error


def _listed(ides: list[Ide]) -> str:
    return ", ".join(ide.title for ide in ides)
