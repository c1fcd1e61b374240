"""The button that logs in: gcloud does it in a terminal, this only waits for the credentials to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.vertexai.gcloud import CREDENTIALS_VARIABLE, LOGIN_COMMAND, credentials_path, find_gcloud
from codexbar_qt.provider_api import Action, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import FetchContext, FileInfo

SCOPES = (
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/cloud-platform",
)
ARGUMENTS = ("auth", "application-default", "login", f"--scopes={','.join(SCOPES)}")
WAIT_SECONDS = 300.0
LOOK_SECONDS = 2.0
# The command without --scopes asks for these and one more, and can be typed.
_STEPS = (
    f"A terminal opens and runs `{LOGIN_COMMAND}`. Sign in with your Google account in the browser that it opens. "
    "When no project is set yet, run `gcloud config set project PROJECT_ID` afterwards."
)


async def log_in(ctx: FetchContext, report: Callable[[str], None]) -> str:
    """Open a terminal with gcloud's login and wait until it has written new credentials, 5 minutes at most.

    Raises ToolNotInstalled without gcloud, ToolFailed with the command to run when no terminal can be opened.
    """
    report(_STEPS)
    program = await find_gcloud(ctx)
    if program is None:
        raise ToolNotInstalled(f"gcloud is not installed. Install the Google Cloud CLI, then run `{LOGIN_COMMAND}`.")
    path = credentials_path(ctx)
    before = await ctx.files.stat(path)
    if not await ctx.desktop.open_terminal((program, *ARGUMENTS)):
        raise ToolFailed(f"No terminal could be opened. Run `{LOGIN_COMMAND}` in one, then refresh.")
    named = ctx.env.get(CREDENTIALS_VARIABLE)
    if named:
        return (
            f"The login is open in a terminal, but {CREDENTIALS_VARIABLE} points to other credentials. "
            "Unset it to use the new ones, then refresh."
        )
    for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
        await ctx.clock.sleep(LOOK_SECONDS)
        if _is_new(before, await ctx.files.stat(path)):
            return "Logged in with gcloud."
    return "The login is open in a terminal. Refresh when gcloud has finished there."


def _is_new(before: FileInfo | None, after: FileInfo | None) -> bool:
    return after is not None and (before is None or after.modified_at != before.modified_at)


LOGIN = Action("login", "Log in with gcloud", log_in, refreshes=True)
