"""The last resort: how many conversations the CLI has stored, which says nothing about quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.antigravity.sentences import NO_CONVERSATIONS
from codexbar_qt.provider_api import Identity, NamedWindow, RateWindow, Snapshot, ToolNotInstalled

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext


async def count_conversations(ctx: FetchContext) -> Snapshot:
    """Count the databases of the CLI's conversations. Raises ToolNotInstalled when there are none."""
    home = ctx.files.expand(ctx.env.get("GEMINI_CLI_HOME") or "~/.gemini").rstrip("/\\")
    found = await ctx.files.list_dir(f"{home}/antigravity-cli/conversations")
    count = sum(1 for item in found if item.name.lower().endswith(".db") and not item.is_dir)
    if not count:
        raise ToolNotInstalled(NO_CONVERSATIONS)
    title = f"Offline · {count} conversation{'' if count == 1 else 's'}"
    window = NamedWindow("antigravity-offline-conversations", title, RateWindow(0.0), usage_known=False)
    return Snapshot(ctx.clock.now(), extra_windows=(window,), identity=Identity(login_method="offline"))
