"""The Kimi Code API with the login that the Kimi Code CLI keeps; it is read and never refreshed or rewritten."""

from __future__ import annotations

import uuid
from functools import cache
from typing import TYPE_CHECKING

from codexbar_providers.kimi.code_api import OFFICIAL_BASE, fetch_usages, usages_url
from codexbar_providers.kimi.parse import parse_cli_login
from codexbar_qt.provider_api import (
    AuthRejected,
    InvalidSetting,
    MissingCredential,
    ParseError,
    clean,
    printable_ascii,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HeaderValue, Snapshot

_OVERRIDES = ("KIMI_CODE_OAUTH_HOST", "KIMI_OAUTH_HOST")
_NO_LOGIN = "No Kimi Code CLI login was found. Sign in with the Kimi Code CLI."
_RENEW = "Sign in again with the Kimi Code CLI or set an API key; the app does not refresh that login."


async def fetch_with_cli_login(ctx: FetchContext) -> Snapshot:
    """Read the limits with the CLI's token, which never goes to an overridden host."""
    if _is_overridden(ctx):
        raise MissingCredential("The Kimi Code CLI login is not used with an own API host. Set an API key for it.")
    home = ctx.env.get("KIMI_CODE_HOME") or f"{ctx.files.home}/.kimi-code"
    login = parse_cli_login(await _read(ctx, f"{home}/credentials/kimi-code.json"), now=ctx.clock.now())
    if login is None:
        raise MissingCredential(_NO_LOGIN)
    token, is_fresh = login
    if not is_fresh:
        raise AuthRejected(f"Kimi Code CLI login has expired. {_RENEW}")
    headers = device_headers(ctx, await _device_id(ctx, f"{home}/device_id"))
    refused = f"Kimi Code CLI login was rejected. {_RENEW}"
    return await fetch_usages(ctx, usages_url(OFFICIAL_BASE), token, headers, refused=refused)


def device_headers(ctx: FetchContext, device_id: str) -> dict[str, HeaderValue]:
    """Return what the CLI says about itself and its machine; values are printable ASCII."""
    system = ctx.system
    machine = "arm64" if system.machine.lower() in ("arm64", "aarch64") else "x86_64"
    texts = {
        "User-Agent": f"CodexBar/{system.app_version}",
        "X-Msh-Platform": "kimi_code_cli",
        "X-Msh-Version": system.app_version,
        "X-Msh-Device-Name": system.host_name,
        "X-Msh-Device-Model": " ".join(part for part in (system.os_name, system.os_version, machine) if part),
        "X-Msh-Os-Version": system.os_version,
        "X-Msh-Device-Id": device_id,
    }
    return {name: printable_ascii(text) for name, text in texts.items()}


def _is_overridden(ctx: FetchContext) -> bool:
    try:
        own_host = ctx.settings.get("enterpriseHost")
    except InvalidSetting:
        return True
    return bool(own_host) or any(ctx.env.get(name) for name in _OVERRIDES)


async def _read(ctx: FetchContext, path: str) -> str | None:
    try:
        return await ctx.files.read_text(path)
    except ParseError as error:
        ctx.log.debug(f"A file of the Kimi Code CLI was skipped. {error.message}")
        return None


async def _device_id(ctx: FetchContext, path: str) -> str:
    known = clean(((await _read(ctx, path)) or "").strip().partition("\n")[0])
    if known is None:
        known = _new_device_id()
        await ctx.files.write_private_text(path, known + "\n")
    return known


@cache
def _new_device_id() -> str:
    """One id per run, for when it cannot be written down."""
    return str(uuid.uuid4())
