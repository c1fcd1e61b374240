"""`cache clear` (cli.md 7): browser sessions kept in the keyring, results of local cost scans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.cli.config_commands import find_provider
from codexbar_qt.cli.exit_codes import FAILURE, SUCCESS
from codexbar_qt.cli.interruption import run_interruptible
from codexbar_qt.cli.output import CommandError, CommandOutput
from codexbar_qt.core.app_config import ProviderEntry
from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.json_text import present
from codexbar_qt.provider_api import ProviderError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from codexbar_qt.cli.arguments import Invocation
    from codexbar_qt.cli.command_run import CommandRun
    from codexbar_qt.core.cookie_cache import CookieCache
    from codexbar_qt.provider_api import Provider


_LOCKED = "The keyring is locked. Unlock it and run the command again."
_NOT_REMOVED = "The price list could not be removed: {}. Try again."
_KEPT = "The keyring did not remove every entry. Run the command again."


@dataclass(frozen=True, slots=True)
class Cleared:
    """What came of one cache; `provider` is "" for all of them, `error` a sentence or ""."""

    cache: str
    count: int = 0
    provider: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Forgets:
    """What can be cleared: sessions in the keyring, what a provider has stored itself, what scans and prices left."""

    cookies: CookieCache
    provider: Callable[[Provider], Awaitable[int]]
    cost: Callable[[], Awaitable[int]]


def clear(run: CommandRun) -> CommandOutput:
    """Carry the command out. Raises CommandError (args)."""
    backend, cache = run.backend, run.backend.browsers.cache

    async def forget(provider: Provider) -> int:
        if provider.forget is None:
            return 0
        entry = ProviderEntry(provider.id, enabled=False)
        return await provider.forget(backend.contexts.context(FetchRequest(provider, entry)))

    async def forget_cost() -> int:
        return await backend.cost.clear() + await backend.prices.forget()

    forgets = Forgets(cache, forget, forget_cost)
    return run_interruptible(clear_cache(run.invocation, backend.registry.providers, forgets))


async def clear_cache(invocation: Invocation, providers: Sequence[Provider], forgets: Forgets) -> CommandOutput:
    """Clear what the options name. Raises CommandError (args)."""
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
        done.append(await _clear_cookies(chosen, forgets, shown))
    if cost:
        done.append(await _clear_cost(forgets))
    failed = any(item.error for item in done)
    return CommandOutput(
        [_element(item) for item in done], "\n".join(_line(item) for item in done), FAILURE if failed else SUCCESS
    )


async def _clear_cost(forgets: Forgets) -> Cleared:
    try:
        return Cleared("cost", await forgets.cost())
    except CostScanError as error:
        return Cleared("cost", error=error.message)
    except OSError as error:
        return Cleared("cost", error=_NOT_REMOVED.format(error.strerror or type(error).__name__))


async def _clear_cookies(providers: Sequence[Provider], forgets: Forgets, shown: str) -> Cleared:
    """Remove the entries of one provider after the other; without a keyring there is none."""
    count, error = 0, ""
    for provider in providers:
        try:
            count += await forgets.provider(provider)
        except ProviderError as failure:
            error = error or failure.message
        done = await forgets.cookies.clear(provider.id)
        count += done.count
        if done.state == "locked":
            return Cleared("cookies", count, shown, _LOCKED)
        error = error or (_KEPT if done.state == "kept" else "")
    return Cleared("cookies", count, shown, error)


def _element(item: Cleared) -> dict[str, object]:
    optional = present({"provider": item.provider or None, "error": item.error or None})
    return {"cache": item.cache, "cleared": item.count, **optional}


def _line(item: Cleared) -> str:
    whose = "" if item.cache == "cost" else f" ({item.provider or 'all providers'})"
    if item.error:
        return f"{item.cache}: failed to clear{whose} - {item.error}"
    return f"{item.cache}: {f'cleared{whose}' if item.count else 'nothing to clear'}"
