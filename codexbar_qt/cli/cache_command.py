"""`cache clear` (cli.md 7): browser sessions kept in the keyring, results of local cost scans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.cli.config_commands import find_provider
from codexbar_qt.cli.encoding import present
from codexbar_qt.cli.exit_codes import FAILURE, SUCCESS
from codexbar_qt.cli.output import CommandError, CommandOutput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.cli.arguments import Invocation
    from codexbar_qt.core.ports import SecretStore
    from codexbar_qt.provider_api import Platform, Provider

COOKIE_SERVICE = "com.steipete.codexbar.cache"
# The reference app guards its own entry on macOS; asking for that one would show a dialog.
COOKIE_SERVICE_MACOS = "com.steipete.codexbar.qt.cache"
_LOCKED = "The keyring is locked. Unlock it and run the command again."
_KEPT = "The keyring did not remove every entry. Run the command again."


@dataclass(frozen=True, slots=True)
class Cleared:
    """What came of one cache; `provider` is "" for all of them, `error` a sentence or ""."""

    cache: str
    count: int = 0
    provider: str = ""
    error: str = ""


async def clear_cache(
    invocation: Invocation, providers: Sequence[Provider], store: SecretStore, platform: Platform
) -> CommandOutput:
    """Clear what the options name. Raises CommandError of kind args."""
    wants_all = invocation.has("--all")
    cookies, cost = wants_all or invocation.has("--cookies"), wants_all or invocation.has("--cost")
    name = invocation.value("--provider")
    if not cookies and not cost:
        raise CommandError("Say what to clear: --cookies, --cost or --all.", "args")
    if name is not None and cost:
        raise CommandError("--provider works with --cookies only. Leave out --cost and --all.", "args")
    done: list[Cleared] = []
    if cookies:
        chosen = providers if name is None else [find_provider(providers, name)]
        shown = "" if name is None else chosen[0].id
        done.append(await _clear_cookies(chosen, store, cookie_service(platform), shown))
    if cost:
        done.append(Cleared("cost"))  # nothing scans costs yet, so nothing is kept
    failed = any(item.error for item in done)
    return CommandOutput(
        [_element(item) for item in done], "\n".join(_line(item) for item in done), FAILURE if failed else SUCCESS
    )


def cookie_service(platform: Platform) -> str:
    """Return the keyring service under which `cookie.<provider id>` entries are."""
    return COOKIE_SERVICE_MACOS if platform == "macos" else COOKIE_SERVICE


async def _clear_cookies(providers: Sequence[Provider], store: SecretStore, service: str, shown: str) -> Cleared:
    """Remove one entry after the other; without a keyring there is none."""
    count, error = 0, ""
    for provider in providers:
        account = f"cookie.{provider.id}"
        state = (await store.get(service, account)).state
        if state == "found":
            state = await store.delete(service, account)
            count += state == "missing"
            error = error or ("" if state == "missing" else _KEPT)
        if state == "locked":
            return Cleared("cookies", count, shown, _LOCKED)
        if state == "unavailable" and not error:
            break
    return Cleared("cookies", count, shown, error)


def _element(item: Cleared) -> dict[str, object]:
    optional = present({"provider": item.provider or None, "error": item.error or None})
    return {"cache": item.cache, "cleared": item.count, **optional}


def _line(item: Cleared) -> str:
    whose = "" if item.cache == "cost" else f" ({item.provider or 'all providers'})"
    if item.error:
        return f"{item.cache}: failed to clear{whose} - {item.error}"
    return f"{item.cache}: {f'cleared{whose}' if item.count else 'nothing to clear'}"
