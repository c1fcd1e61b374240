"""The commands and the options each of them takes: one table for the parser and the help texts."""

from __future__ import annotations

from dataclasses import dataclass

COMMON_VALUES = ("--format", "--log-level")
COMMON_FLAGS = ("--json", "--json-only", "--json-output", "--pretty", "--no-color", "--verbose")
SHORT_FORMS = {"-v": "--verbose"}
LOG_LEVELS = ("trace", "verbose", "debug", "info", "warning", "error", "critical")
FORMATS = ("text", "json")
BOTH = ("codex", "claude")
ALL = "all"
"""Fixed words for --provider; as every other name they only mean providers that are loaded."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its words, and the options beyond the common ones, with a value and without.

    `takes_reports`: the flags of the reports that providers declare are options, too. `operand` is the name of one word
    that may stand without an option, "" for none; it is among the values under this name.
    """

    words: tuple[str, ...]
    values: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    takes_reports: bool = False
    operand: str = ""

    @property
    def name(self) -> str:
        """The words as typed."""
        return " ".join(self.words)


USAGE = Command(
    ("usage",),
    values=("--provider", "--account", "--account-index", "--source", "--web-timeout"),
    flags=("--all-accounts", "--web", "--no-credits"),
    takes_reports=True,
)
COST = Command(("cost",), values=("--provider", "--days", "--group-by"), flags=("--refresh", "--provider-native-only"))
CONFIG_VALIDATE = Command(("config", "validate"))
CONFIG_DUMP = Command(("config", "dump"), flags=("--show-secrets",))
CONFIG_PROVIDERS = Command(("config", "providers"))
CONFIG_ENABLE = Command(("config", "enable"), values=("--provider",))
CONFIG_DISABLE = Command(("config", "disable"), values=("--provider",))
CONFIG_SET_API_KEY = Command(
    ("config", "set-api-key"),
    values=("--provider", "--api-key", "--label", "--usage-scope", "--organization-id", "--workspace-id"),
    flags=("--stdin", "--no-enable"),
)
CONFIG_ALLOW_BROWSER = Command(("config", "allow-browser"), operand="browser")
CONFIG_REFUSE_BROWSER = Command(("config", "refuse-browser"), operand="browser")
CACHE_CLEAR = Command(("cache", "clear"), values=("--provider",), flags=("--cookies", "--cost", "--all"))

COMMANDS = (
    USAGE,
    COST,
    CONFIG_VALIDATE,
    CONFIG_DUMP,
    CONFIG_PROVIDERS,
    CONFIG_ENABLE,
    CONFIG_DISABLE,
    CONFIG_SET_API_KEY,
    CONFIG_ALLOW_BROWSER,
    CONFIG_REFUSE_BROWSER,
    CACHE_CLEAR,
)
DEFAULT_COMMAND = USAGE
GROUP_DEFAULTS = {"config": CONFIG_VALIDATE, "cache": CACHE_CLEAR}
