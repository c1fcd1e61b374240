"""The web session: which cookies are one, and the file that keeps the last good one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    BrowserOrder,
    Cookie,
    CookieCandidate,
    CookieQuery,
    JsonView,
    ParseError,
    Secret,
    ToolFailed,
    join_cookies,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext

HOST = "app.augmentcode.com"
SITE = f"https://{HOST}"
STORED_LABEL = "Stored session"
SESSION_NAMES = frozenset(
    {
        "session",
        "_session",
        "web_rpc_proxy_session",
        "auth0",
        "auth0.is.authenticated",
        "a0.spajs.txs",
        "__Secure-next-auth.session-token",
        "next-auth.session-token",
        "__Secure-authjs.session-token",
        "__Host-authjs.csrf-token",
        "authjs.session-token",
    }
)
_FILE_NAME = "augment-session.json"
_MOST_BYTES = 256 * 1024
_MOST_COOKIES = 200


def has_session(names: Collection[str]) -> bool:
    """Whether cookies of these names are a session."""
    return not SESSION_NAMES.isdisjoint(names)


SESSIONS = CookieQuery(
    ("augmentcode.com", HOST),
    has_session,
    host=HOST,
    browsers=BrowserOrder(first=("chrome", "chrome-beta", "chrome-canary", "arc", "safari")),
)


def session_file(ctx: FetchContext) -> str:
    """Return where the last good session is kept: the app's folder for data."""
    if ctx.system.platform == "macos":
        return f"~/Library/Application Support/codexbar/{_FILE_NAME}"
    if ctx.system.platform == "windows":
        return f"{ctx.env.get('LOCALAPPDATA') or '~/AppData/Local'}/codexbar/{_FILE_NAME}"
    stated = ctx.env.get("XDG_DATA_HOME") or ""
    return f"{stated if stated.startswith('/') else '~/.local/share'}/codexbar/{_FILE_NAME}"


async def load_session(ctx: FetchContext) -> CookieCandidate | None:
    """Return the stored session, None when there is none that can be used."""
    try:
        text = await ctx.files.read_private_text(session_file(ctx), max_bytes=_MOST_BYTES)
        cookies = parse_stored(text, now=ctx.clock.now()) if text is not None else ()
    except ParseError as error:
        ctx.log.debug(f"the stored session was not read: {error.path or 'file'}")
        return None
    if not has_session([cookie.name for cookie in cookies]):
        return None
    header = join_cookies(tuple((cookie.name, cookie.value.reveal()) for cookie in cookies))
    return CookieCandidate(Secret(header), STORED_LABEL, cookies=cookies)


async def store_session(ctx: FetchContext, cookies: tuple[Cookie, ...]) -> None:
    """Write the cookies of a session that worked; one that cannot be written is only a remark."""
    if not await ctx.files.replace_private_text(session_file(ctx), write_stored(cookies)):
        ctx.log.debug("the session could not be stored")


async def forget_stored_session(ctx: FetchContext) -> None:
    """Remove the stored session."""
    if not await ctx.files.remove_private_text(session_file(ctx)):
        ctx.log.debug("the stored session could not be removed")


async def forget_sessions(ctx: FetchContext) -> int:
    """Remove the stored session because people want it forgotten; ToolFailed when it stays."""
    if await ctx.files.stat(session_file(ctx)) is None:
        return 0
    if not await ctx.files.remove_private_text(session_file(ctx)):
        raise ToolFailed(
            f"The stored Augment session could not be removed. Delete {_FILE_NAME} in the app's data folder."
        )
    return 1


def write_stored(cookies: tuple[Cookie, ...]) -> str:
    """Return a JSON list of cookies."""
    return json.dumps([_written(cookie) for cookie in cookies[:_MOST_COOKIES]], indent=1)


def parse_stored(text: str, *, now: datetime) -> tuple[Cookie, ...]:
    """Read what `write_stored` wrote, without cookies that have expired or go to another host; raises ParseError."""
    found: list[Cookie] = []
    for view in JsonView.from_text(text).items():
        ends = view.get("expires")
        cookie = Cookie(
            view["name"].string(),
            Secret(view["value"].string()),
            view["domain"].string(),
            expires_at=ends.time() if ends else None,
        )
        is_alive = cookie.expires_at is None or cookie.expires_at > now
        if is_alive and _is_sendable(cookie) and cookie.domain in SESSIONS.domains:
            found.append(cookie)
    return tuple(found[:_MOST_COOKIES])


def _written(cookie: Cookie) -> dict[str, str]:
    fields = {"name": cookie.name, "value": cookie.value.reveal(), "domain": cookie.domain, "path": cookie.path}
    if cookie.expires_at is not None:
        fields["expires"] = cookie.expires_at.isoformat()
    return fields


def _is_sendable(cookie: Cookie) -> bool:
    text = cookie.name + cookie.value.reveal()
    return bool(cookie.name) and text.isascii() and text.isprintable() and ";" not in text
