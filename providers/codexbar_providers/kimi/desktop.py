"""The session of the Kimi desktop app, which keeps its cookies unencrypted. The database is read and never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

_HOSTS = ("www.kimi.com", ".www.kimi.com", ".kimi.com", "kimi.com")
_SQL = (
    "SELECT value FROM cookies WHERE name = 'kimi-auth' AND host_key IN (?, ?, ?, ?) AND value <> '' "
    "ORDER BY last_access_utc DESC LIMIT 1"
)


async def find_desktop_token(ctx: FetchContext) -> Secret | None:
    """Return the token that the app used last, None without the app or a login in it."""
    for path in database_paths(ctx):
        for row in await ctx.files.query(path, _SQL, _HOSTS) or ():
            token = row[0].strip() if isinstance(row[0], str) else ""
            if token and all("!" <= sign <= "~" and sign != ";" for sign in token):
                return Secret(token)
    return None


def database_paths(ctx: FetchContext) -> tuple[str, ...]:
    """Return where the app keeps cookies on this system; newer versions of its engine use the folder Network."""
    home = ctx.files.home
    if ctx.system.platform == "macos":
        return (f"{home}/Library/Application Support/kimi-desktop/Cookies",)
    if ctx.system.platform == "windows":
        return (f"{ctx.env.get('APPDATA') or f'{home}/AppData/Roaming'}/kimi-desktop/Network/Cookies",)
    config = ctx.env.get("XDG_CONFIG_HOME") or ""
    folder = f"{config if config.startswith('/') else f'{home}/.config'}/kimi-desktop"
    return (f"{folder}/Network/Cookies", f"{folder}/Cookies")
