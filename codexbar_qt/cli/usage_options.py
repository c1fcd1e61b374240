"""The options of `usage`, checked (cli.md 4). Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.cli.commands import COMMON_FLAGS
from codexbar_qt.cli.output import CommandError
from codexbar_qt.provider_api import Source

if TYPE_CHECKING:
    from codexbar_qt.cli.arguments import Invocation

DEFAULT_LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class UsageOptions:
    """What to read. `source` None follows the config, `limit_seconds` None sets no limit; `account_index` is from 1.

    `reports` are the flags of reports that providers declare.
    """

    provider: str | None = None
    source: Source | None = None
    account: str | None = None
    account_index: int | None = None
    all_accounts: bool = False
    limit_seconds: float | None = DEFAULT_LIMIT_SECONDS
    show_credits: bool = True
    reports: frozenset[str] = frozenset()

    @property
    def names_accounts(self) -> bool:
        """Whether token accounts were asked for."""
        return self.all_accounts or self.account is not None or self.account_index is not None


def read_usage_options(invocation: Invocation) -> UsageOptions:
    """Return the options. Raises CommandError of kind args."""
    options = UsageOptions(
        provider=invocation.value("--provider"),
        source=_source(invocation.value("--source")),
        account=invocation.value("--account"),
        account_index=_index(invocation.value("--account-index")),
        all_accounts=invocation.has("--all-accounts"),
        limit_seconds=_limit(invocation.value("--web-timeout")),
        show_credits=not invocation.has("--no-credits"),
        reports=invocation.flags.difference(COMMON_FLAGS, invocation.command.flags),
    )
    one = options.account is not None or options.account_index is not None
    if options.all_accounts and one:
        raise CommandError("--all-accounts cannot be used with --account or --account-index. Leave one out.", "args")
    if options.account is not None and options.account_index is not None:
        raise CommandError("An account has a label and a place. Use either --account or --account-index.", "args")
    return options


def _source(text: str | None) -> Source | None:
    if text is None:
        return None
    words = [source.value for source in Source]
    if text.strip().lower() not in words:
        raise CommandError(f"--source must be {', '.join(words[:-1])} or {words[-1]}.", "args")
    return Source(text.strip().lower())


def _index(text: str | None) -> int | None:
    if text is None:
        return None
    index = int(text) if text.strip().isdecimal() and len(text) <= 9 else 0
    if index < 1:
        raise CommandError("--account-index must be a whole number from 1.", "args")
    return index


def _limit(text: str | None) -> float | None:
    if text is None:
        return DEFAULT_LIMIT_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds) or seconds < 0:
        raise CommandError("--web-timeout must be a number of seconds, 0 or more.", "args")
    return seconds or None
