"""The options of `cost`, checked, and the sources they mean (cli.md 5). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codexbar_qt.cli.commands import ALL, BOTH
from codexbar_qt.cli.output import CommandError
from codexbar_qt.cost.sources import COST_SOURCES, cost_source
from codexbar_qt.cost.time_window import clamped_days

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from codexbar_qt.cli.arguments import Invocation
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.provider_api import Provider

Grouping = Literal["", "project", "session"]
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class CostOptions:
    """What to report: `days` 1 to 365; `refresh` reads all logs again; `group_by` "" tells nothing apart."""

    provider: str | None = None
    days: int = DEFAULT_DAYS
    refresh: bool = False
    group_by: Grouping = ""


@dataclass(frozen=True, slots=True)
class CostChoice:
    """The sources to report, and sentences about what was asked for and left out."""

    sources: tuple[CostSource, ...]
    notes: tuple[str, ...] = ()


def read_cost_options(invocation: Invocation) -> CostOptions:
    """Return the options. Raises CommandError of kind args."""
    return CostOptions(
        provider=invocation.value("--provider"),
        days=_days(invocation.value("--days")),
        refresh=invocation.has("--refresh"),
        group_by=_grouping(invocation.value("--group-by")),
    )


def choose_sources(
    options: CostOptions, providers: Callable[[], Sequence[Provider]], enabled: Callable[[], Collection[str]]
) -> CostChoice:
    """Return the sources of a name, an alias, `both` or `all`; without a name those that need no provider or have it.

    `enabled` gives the ids of the providers that are on; neither it nor `providers` is asked without need, for both
    take longer than the rest. Raises CommandError of kind args for a name nobody has.
    """
    choice = _named(options.provider, providers, enabled)
    if not options.group_by:
        return choice
    left = [source for source in choice.sources if not source.has_sessions]
    notes = tuple(f"{source.name} cannot be told apart by {options.group_by} and was left out." for source in left)
    return CostChoice(tuple(source for source in choice.sources if source.has_sessions), choice.notes + notes)


def none_left(group_by: Grouping, notes: tuple[str, ...]) -> CommandError:
    """Return the failure for a request of which nothing is left."""
    known = [source.id for source in COST_SOURCES if source.has_sessions or not group_by]
    names = f"{', '.join(known[:-1])} or {known[-1]}" if len(known) > 1 else known[0]
    what = f"can be told apart by {group_by}" if group_by else "has local cost"
    return CommandError(f"Nothing that was asked for {what}. Name {names} with --provider.", "args", notes=notes)


def _named(
    name: str | None, providers: Callable[[], Sequence[Provider]], enabled: Callable[[], Collection[str]]
) -> CostChoice:
    if name is None:
        found = [source for source in COST_SOURCES if not source.needs_provider or source.id in enabled()]
        return CostChoice(tuple(found))
    word = name.strip().lower()
    if word in (ALL, "both"):
        return CostChoice(tuple(source for source in COST_SOURCES if word == ALL or source.id in BOTH))
    named = cost_source(word)
    if named is None:
        from codexbar_qt.cli.config_commands import find_provider  # seldom needed, and slow to import

        provider = find_provider(providers(), name)
        named = cost_source(provider.id)
        if named is None:
            return CostChoice((), (f"{provider.descriptor.name} has no local cost and was left out.",))
    return CostChoice((named,))


def _days(text: str | None) -> int:
    if text is None:
        return DEFAULT_DAYS
    word = text.strip()
    digits = word.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        raise CommandError("--days must be a whole number from 1 to 365.", "args")
    # A number too long to be converted is beyond the limits anyhow.
    return clamped_days(int(word[:9]))


def _grouping(text: str | None) -> Grouping:
    match (text or "").strip().lower():
        case "project":
            return "project"
        case "session":
            return "session"
        case _ if text is None:
            return ""
        case _:
            raise CommandError("--group-by must be project or session.", "args")
