"""The login that `kilo login` leaves in a file; it is read and never renewed, and the program is never run."""

from __future__ import annotations

import ntpath
import posixpath
from typing import TYPE_CHECKING

from codexbar_providers.kilo.api import fetch_usage
from codexbar_providers.kilo.loose import as_fields
from codexbar_qt.provider_api import JsonView, MissingCredential, ParseError, Secret, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.provider_api import FetchContext, Snapshot

_PLACE = "kilo/auth.json"
_DATA_FOLDER = ".local/share"


async def fetch_with_cli_session(ctx: FetchContext) -> Snapshot:
    """Read the numbers with the login of the Kilo CLI; the API key is not looked at."""
    return await fetch_usage(ctx, await require_session(ctx))


async def require_session(ctx: FetchContext) -> Secret:
    """Return the token of the Kilo CLI; raises MissingCredential that names the file looked at."""
    paths = session_paths(ctx)
    for path in paths:
        shown = _shown(ctx, path)
        try:
            content = await ctx.files.read_text(path)
        except ParseError:
            told = f"The Kilo CLI session at {shown} cannot be read. Fix its permissions or run kilo login."
            raise MissingCredential(told) from None
        if content is not None:
            token = parse_session(content)
            if token is None:
                raise MissingCredential(f"The Kilo CLI session at {shown} holds no login. Run kilo login.")
            return token
    raise MissingCredential(f"No Kilo CLI session was found at {_shown(ctx, paths[0])}. Run kilo login.")


def session_paths(ctx: FetchContext) -> tuple[str, ...]:
    """Return where the file may be, first the place that counts most."""
    data = ctx.env.get("XDG_DATA_HOME")
    if ctx.system.platform != "windows":
        own = [data] if data and posixpath.isabs(data) else []
        return _unique(posixpath.join(folder, _PLACE) for folder in (*own, posixpath.join(_home(ctx), _DATA_FOLDER)))
    local = ctx.env.get("LOCALAPPDATA")
    folders = [data if data and ntpath.isabs(data) else None, f"{ctx.files.home}/{_DATA_FOLDER}", local]
    return _unique(ntpath.normpath(f"{folder}/{_PLACE}") for folder in folders if folder)


def parse_session(content: str) -> Secret | None:
    """Return the token in the file, None when there is none that can be sent."""
    try:
        document = as_fields(JsonView.from_text(content).raw) or {}
    except ParseError:
        return None
    stored = (as_fields(document.get("kilo")) or {}).get("access")
    token = clean(stored) if isinstance(stored, str) else None
    return Secret(token) if token and token.isprintable() else None


def _home(ctx: FetchContext) -> str:
    named = ctx.env.get("HOME")
    home = ctx.files.expand(named) if named else ""
    return home if posixpath.isabs(home) else ctx.files.home


def _shown(ctx: FetchContext, path: str) -> str:
    home = ctx.files.home.replace("\\", "/")
    return f"~{path[len(home) :]}" if path.replace("\\", "/").startswith(f"{home}/") else path


def _unique(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))
