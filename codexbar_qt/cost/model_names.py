"""Names of models as logs have them, and the names under which prices are looked up (token-cost.md 6). Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    IsListed = Callable[[str], bool]

_BEDROCK_VERSION = re.compile(r"-v\d+(:\d+)?$")
_CLAUDE_DATE = re.compile(r"-\d{8}$")
_CODEX_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
OPENAI = "openai/"


def claude_names(model: str, is_listed: IsListed) -> tuple[str, ...]:
    """Return the names to look up, in order; none for a model that was reached through somebody else (`x/claude-y`).

    `is_listed` says whether the price list has a name.
    """
    name = model.strip().removeprefix("anthropic.")
    if "/" in name:
        return ()
    last = name.rpartition(".")[2]
    name = _BEDROCK_VERSION.sub("", last if last.startswith("claude-") else name)
    base, has_suffix, suffix = name.partition("@")
    names = (f"{base}-{suffix}", base) if has_suffix else (name,)
    return tuple(dict.fromkeys(_undated(item, _CLAUDE_DATE, is_listed) for item in names))


def codex_names(model: str, is_listed: IsListed, aliases: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """Return the name to look up; none for a model that was reached through somebody else (`x/y`)."""
    name = model.strip().removeprefix(OPENAI)
    if "/" in name:
        return ()
    name = _undated(name, _CODEX_DATE, lambda base: is_listed(base) or ("codex", base) in aliases)
    return (aliases.get(("codex", name), name),)


def keeps_logged_name(model: str) -> bool:
    """Whether reports show a model as it was logged, whatever it is looked up as."""
    return "@" in model


def _undated(name: str, date: re.Pattern[str], is_listed: IsListed) -> str:
    base = date.sub("", name)
    return base if base != name and is_listed(base) else name
