"""The session file: cookies that an earlier app stored, the bearer token, the refresh token that renews it.

Whatever else stands in the file stays there. Where it cannot be written, new tokens are kept in memory: the one
that was used up is worth nothing any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, cast

from codexbar_providers.factory.login import SITE
from codexbar_qt.provider_api import Cookie, ParseError, Secret, parse_epoch_seconds, parse_iso_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext

Item = Literal["cookies", "bearerToken", "refreshToken"]
NAME = "factory-session.json"
_TOKENS: tuple[Item, ...] = ("bearerToken", "refreshToken")
_MOST_BYTES = 256 * 1024
_MOST_COOKIES = 200
_KEPT_IN_MEMORY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredSession:
    """What the file holds; cookies that have expired are left out."""

    cookies: tuple[Cookie, ...] = ()
    bearer: Secret | None = None
    refresh: Secret | None = None


class SessionFile:
    """Reads and changes the file of one fetch's machine."""

    def __init__(self, ctx: FetchContext) -> None:
        self._ctx = ctx
        self._path = session_path(ctx)

    async def read(self) -> StoredSession:
        """Return what is stored; empty when there is no file or it cannot be read."""
        stored = parse_session(await self._text(), now=self._ctx.clock.now())
        bearer, refresh = (self._ctx.memory.recall(item) for item in _TOKENS)
        return StoredSession(stored.cookies, bearer or stored.bearer, refresh or stored.refresh)

    async def keep(self, bearer: Secret, refresh: Secret | None = None) -> None:
        """Store new tokens; without a new refresh token the present one stays."""
        new: dict[Item, Secret] = {"bearerToken": bearer, **({"refreshToken": refresh} if refresh else {})}

        def change(document: dict[str, object]) -> None:
            document.update({item: token.reveal() for item, token in new.items()})

        written = await self._edit(change)
        for item, token in new.items():
            if written:
                self._ctx.memory.forget(item)
            else:
                self._ctx.memory.remember(item, token, until=self._ctx.clock.now() + _KEPT_IN_MEMORY)

    async def drop_token(self, item: Literal["bearerToken", "refreshToken"], failed: Secret) -> None:
        """Remove a token that was refused, unless another one has taken its place."""
        if self._ctx.memory.recall(item) == failed:
            self._ctx.memory.forget(item)

        def change(document: dict[str, object]) -> None:
            value = document.get(item)
            if isinstance(value, str) and value.strip() == failed.reveal():
                del document[item]

        await self._edit(change)

    async def drop_cookies(self, failed: tuple[Cookie, ...]) -> None:
        """Remove the cookies that were refused, unless others have taken their place."""

        def change(document: dict[str, object]) -> None:
            if _cookies(document.get("cookies"), self._ctx.clock.now()) == failed:
                document.pop("cookies", None)

        await self._edit(change)

    async def _edit(self, change: Callable[[dict[str, object]], None]) -> bool:
        before = _document(await self._text())
        document = dict(before)
        change(document)
        if document == before:
            return True
        files = self._ctx.files
        text = json.dumps(document, indent=2) + "\n"
        done = await (
            files.replace_private_text(self._path, text) if document else files.remove_private_text(self._path)
        )
        if not done:
            self._ctx.log.debug(f"The file {NAME} could not be written.")
        return done

    async def _text(self) -> str:
        try:
            return await self._ctx.files.read_private_text(self._path, max_bytes=_MOST_BYTES) or ""
        except ParseError as error:
            self._ctx.log.debug(f"The file {NAME} was skipped. {error.message}")
            return ""


def session_path(ctx: FetchContext) -> str:
    """Return where the file is on this system."""
    if ctx.system.platform == "macos":
        return f"{ctx.files.home}/Library/Application Support/CodexBar/{NAME}"
    if ctx.system.platform == "windows":
        return f"{ctx.env.get('LOCALAPPDATA') or f'{ctx.files.home}/AppData/Local'}/codexbar/{NAME}"
    data = ctx.env.get("XDG_DATA_HOME") or ""
    return f"{data if data.startswith('/') else f'{ctx.files.home}/.local/share'}/codexbar/{NAME}"


def parse_session(text: str, *, now: datetime) -> StoredSession:
    """Read the text of the file; what is missing or odd is left out, nothing is raised."""
    document = _document(text)
    bearer, refresh = (_token(document.get(item)) for item in _TOKENS)
    return StoredSession(_cookies(document.get("cookies"), now), bearer, refresh)


def _document(text: str) -> dict[str, object]:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _token(value: object) -> Secret | None:
    text = value.strip() if isinstance(value, str) else ""
    return Secret(text) if text and all("!" <= sign <= "~" for sign in text) else None


def _cookies(value: object, now: datetime) -> tuple[Cookie, ...]:
    listed = cast("list[object]", value)[:_MOST_COOKIES] if isinstance(value, list) else []
    made = (_cookie(cast("dict[str, object]", item)) for item in listed if isinstance(item, dict))
    return tuple(item for item in made if item and (item.expires_at is None or item.expires_at >= now))


def _cookie(properties: Mapping[str, object]) -> Cookie | None:
    """Read a cookie as macOS writes one down: "Name", "Value", "Domain", "Expires" in seconds; case does not matter."""
    members = {key.lower(): value for key, value in properties.items()}
    name, text, domain = (_text(members.get(key)) for key in ("name", "value", "domain"))
    host = domain.removeprefix(".").lower()
    is_ours = host == SITE or host.endswith(f".{SITE}")
    if not (name and text and is_ours) or not f"{name}{text}".isprintable() or set(name + text) & {";"} or "=" in name:
        return None
    return Cookie(
        name=name,
        value=Secret(text),
        domain=host,
        host_only=not domain.startswith("."),
        expires_at=_moment(members.get("expires")),
    )


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        return parse_iso_time(value)
    return parse_epoch_seconds(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
