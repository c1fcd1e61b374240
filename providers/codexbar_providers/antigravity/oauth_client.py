"""The OAuth client that logins are renewed with: that of the login, of the environment, or of the installed app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_providers.antigravity.processes import kind_of
from codexbar_providers.antigravity.sentences import NO_CLIENT
from codexbar_qt.provider_api import MissingCredential, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codexbar_qt.provider_api import FetchContext, Platform

_ID_PATTERN = r"[0-9]{1,24}-[A-Za-z0-9_-]{1,64}\.apps\.googleusercontent\.com"
_HALF_PATTERN = r"GOCSPX-[A-Za-z0-9_-]{28}"
_SCRIPT = "app/out/main.js"
_BIN = "app/extensions/antigravity/bin"
_SERVERS: dict[Platform, tuple[str, ...]] = {
    "macos": (
        f"{_BIN}/language_server_macos_arm",
        f"{_BIN}/language_server_macos_x64",
        f"{_BIN}/language_server_macos",
        "bin/language_server",
        "bin/language_server_macos",
        "bin/language_server_macos_arm",
    ),
    "linux": (
        f"{_BIN}/language_server_linux_x64",
        f"{_BIN}/language_server_linux_arm",
        f"{_BIN}/language_server_linux_arm64",
        "bin/language_server",
        "bin/language_server_linux_x64",
        "bin/language_server_linux_arm",
    ),
    "windows": (
        f"{_BIN}/language_server_windows_x64.exe",
        f"{_BIN}/language_server_windows_arm64.exe",
        "bin/language_server.exe",
        "bin/language_server_windows_x64.exe",
    ),
}
_LINUX_FOLDERS = (
    "/usr/share/antigravity",
    "/usr/share/antigravity-ide",
    "/usr/lib/antigravity",
    "/opt/antigravity",
    "/opt/Antigravity",
    "/opt/antigravity-ide",
    "~/.local/share/antigravity",
    "~/antigravity",
    "~/Antigravity",
)
_APPS = ("Antigravity", "Antigravity IDE", "Gemini")


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The id and secret of an installed application, which Google does not treat as confidential."""

    id: str
    secret: Secret = field(repr=False)


async def find_client(ctx: FetchContext, client_id: str = "", client_secret: str = "") -> OAuthClient:
    """Return the client given, else that of the environment, else that of an installed application.

    Raises MissingCredential when there is none.
    """
    named = ctx.env.get("ANTIGRAVITY_OAUTH_CLIENT_ID"), ctx.env.get("ANTIGRAVITY_OAUTH_CLIENT_SECRET")
    for known_id, known_secret in ((client_id, client_secret), named):
        if known_id and known_secret:
            return OAuthClient(known_id, Secret(known_secret))
    for path in await _places(ctx):
        ids, secrets = await ctx.files.search(path, _ID_PATTERN), await ctx.files.search(path, _HALF_PATTERN)
        found = pick_client(ids, secrets, is_script=path.endswith(".js"))
        if found is not None:
            return found
    raise MissingCredential(NO_CLIENT)


def pick_client(ids: Sequence[str], secrets: Sequence[str], *, is_script: bool) -> OAuthClient | None:
    """Choose among the ids and secrets in a file, in the order they stand there; None when one of them is missing.

    A script names the pair of the product first. In a binary a single secret follows the ids of others, and of two
    tables of the same length the secrets stand the other way round.
    """
    if not ids or not secrets:
        return None
    if is_script:
        return OAuthClient(ids[0], Secret(secrets[0]))
    client_id = ids[-1] if len(secrets) == 1 else ids[0]
    return OAuthClient(client_id, Secret(secrets[-1] if len(secrets) == len(ids) else secrets[0]))


async def _places(ctx: FetchContext) -> list[str]:
    """Return the files to look into: of the usual places of installation, then of what runs right now."""
    places = [f"{folder}/{name}" for folder in _folders(ctx) for name in (*_SERVERS[ctx.system.platform], _SCRIPT)]
    running = await ctx.process_table.find(lambda line: kind_of(line) in ("app", "ide"))
    places += [process.executable for process in running if process.executable]
    return list(dict.fromkeys(places))


def _folders(ctx: FetchContext) -> Iterator[str]:
    """Give the folders that hold the resources of the application."""
    platform = ctx.system.platform
    if platform == "macos":
        yield from (
            f"{root}/{app}.app/Contents/Resources" for root in ("/Applications", "~/Applications") for app in _APPS
        )
        return
    if platform == "linux":
        yield from (f"{folder}/resources" for folder in _LINUX_FOLDERS)
        return
    local = ctx.env.get("LOCALAPPDATA") or "~/AppData/Local"
    roots = (f"{local}/Programs", ctx.env.get("ProgramFiles") or "C:/Program Files")
    yield from (f"{root}/{app}/resources" for root in roots for app in _APPS[:2])
