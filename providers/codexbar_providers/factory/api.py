"""The API key: from an account's settings, the environment, or the file that the Droid tools keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.factory.hosts import Failure, ask_hosts
from codexbar_providers.factory.login import KEY_HOSTS, Login
from codexbar_providers.factory.sentences import KEY_MISSING, KEY_NOT_FOR_ACCOUNT, KEY_REFUSED
from codexbar_qt.provider_api import AuthRejected, MissingCredential, ParseError, Secret, clean

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, Snapshot

KEY_VARIABLE = "FACTORY_API_KEY"
KEY_FILE = "~/.factory/.env"
_MOST_BYTES = 64 * 1024
_EXPORT = "export "


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the numbers with the key. Automatic leaves it alone while a session token is selected: it is another login.

    Raises MissingCredential, AuthRejected, and what the hosts answer.
    """
    if ctx.automatic and ctx.account is not None:
        raise MissingCredential(KEY_NOT_FOR_ACCOUNT)
    key = await ctx.credentials.get("apiKey") or await _key_in_file(ctx)
    if key is None:
        raise MissingCredential(KEY_MISSING)
    result = await ask_hosts(ctx, KEY_HOSTS, Login(bearer=key))
    if not isinstance(result, Failure):
        return result
    raise AuthRejected(KEY_REFUSED) if isinstance(result.error, AuthRejected) else result.error


async def locate_key(ctx: FetchContext) -> str:
    """Return the file whose key is in force, "" when it is another one or there is none."""
    declared = await ctx.credentials.get("apiKey")
    return "" if declared is not None or await _key_in_file(ctx) is None else KEY_FILE


def parse_dotenv(text: str) -> Secret | None:
    """Read the key out of lines `NAME=value`; the first one of that name decides, also when it is blank."""
    for line in text.splitlines():
        name, separator, value = line.strip().removeprefix(_EXPORT).partition("=")
        if separator and name.strip() == KEY_VARIABLE:
            key = clean(value)
            return Secret(key) if key else None
    return None


async def _key_in_file(ctx: FetchContext) -> Secret | None:
    try:
        return parse_dotenv(await ctx.files.read_text(KEY_FILE, max_bytes=_MOST_BYTES) or "")
    except ParseError as error:
        ctx.log.debug(f"The file {KEY_FILE} was skipped. {error.message}")
        return None
