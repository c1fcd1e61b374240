"""Where the key comes from. Keys of one region are never looked at for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.zai.endpoints import CHINA, resolve_endpoints
from codexbar_qt.provider_api import MissingCredential, ParseError, ProviderError, Secret, clean

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

CHINA_VARIABLES = ("BIGMODEL_API_KEY", "ZHIPU_API_KEY", "ZHIPUAI_API_KEY", "GLM_API_KEY")
CHINA_FILES = ("~/.coding-relay/glm-api-key", "~/.config/bigmodel/api_key", "~/.config/zhipu/api_key")
_MOST_BYTES = 64 * 1024
_MISSING = "z.ai API token not found. Set apiKey in Settings or the variable Z_AI_API_KEY."


async def require_key(ctx: FetchContext, region: str) -> Secret:
    """Return the key for a region: account, config, Z_AI_API_KEY, and in China what its own tools use.

    Raises MissingCredential when there is none.
    """
    declared = await ctx.credentials.get("apiKey")
    if declared is not None:
        return declared
    found = await _find_in_china(ctx) if region == CHINA and ctx.account is None else None
    if found is None:
        raise MissingCredential(_MISSING)
    return found[0]


async def locate_key(ctx: FetchContext) -> str:
    """Return the variable or file of a China key in force, "" without one."""
    try:
        region = resolve_endpoints(ctx.settings, ctx.env).region
    except ProviderError:
        return ""
    if region != CHINA or ctx.account is not None or await ctx.credentials.get("apiKey") is not None:
        return ""
    found = await _find_in_china(ctx)
    return "" if found is None else found[1]


async def _find_in_china(ctx: FetchContext) -> tuple[Secret, str] | None:
    for name in CHINA_VARIABLES:
        value = ctx.env.get(name)
        if value:
            return Secret(value), name
    for path in CHINA_FILES:
        try:
            text = await ctx.files.read_text(path, max_bytes=_MOST_BYTES)
        except ParseError:
            continue
        line = clean((text or "").lstrip("\ufeff").partition("\n")[0])
        if line:
            return Secret(line), path
    return None
