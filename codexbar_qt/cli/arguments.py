"""Reads the command line (cli.md 1): implicit `usage`, group defaults, last value wins. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.cli.commands import (
    COMMANDS,
    COMMON_FLAGS,
    COMMON_VALUES,
    DEFAULT_COMMAND,
    FORMATS,
    GROUP_DEFAULTS,
    LOG_LEVELS,
    SHORT_FORMS,
    Command,
)
from codexbar_qt.cli.output import CommandError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class OutputMode:
    """How a command speaks. `log_level` "" means nobody chose one; `is_json_only`: no word beside the JSON."""

    is_json: bool = False
    is_json_only: bool = False
    pretty: bool = False
    no_color: bool = False
    verbose: bool = False
    json_logs: bool = False
    log_level: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A parsed command line: `values` holds the last value given for an option, `flags` the switches given."""

    command: Command
    values: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    flags: frozenset[str] = frozenset()

    def value(self, option: str) -> str | None:
        """Return the value of an option, None when it was not given."""
        return self.values.get(option)

    def has(self, flag: str) -> bool:
        """Whether a switch was given."""
        return flag in self.flags


def read_output_mode(arguments: Sequence[str]) -> OutputMode:
    """Return how to speak; it is known even where the rest of the line is wrong.

    A recognised `--format` beats the shortcuts, an unrecognised word counts as not given; so for `--log-level`.
    """
    chosen = _last_word(arguments, "--format", FORMATS)
    level = _last_word(arguments, "--log-level", LOG_LEVELS)
    verbose = "-v" in arguments or "--verbose" in arguments
    json_only = "--json-only" in arguments
    is_json = chosen == "json" if chosen else "--json" in arguments or json_only
    return OutputMode(
        is_json=is_json,
        is_json_only=is_json and json_only,
        pretty="--pretty" in arguments,
        no_color="--no-color" in arguments,
        verbose=verbose,
        json_logs="--json-output" in arguments,
        log_level=level or ("debug" if verbose else ""),
    )


def find_command(arguments: Sequence[str]) -> tuple[Command | None, Sequence[str]]:
    """Return the command named and what follows it; None for one that does not exist."""
    if not arguments or arguments[0].startswith("-"):
        return DEFAULT_COMMAND, arguments
    first, rest = arguments[0], arguments[1:]
    if first in GROUP_DEFAULTS:
        if not rest or rest[0].startswith("-"):
            return GROUP_DEFAULTS[first], rest
        return _named((first, rest[0])), rest[1:]
    return _named((first,)), rest


class UnknownOption(CommandError):
    """An option that may be the flag of a report, which only the loaded providers know."""


def parse_arguments(arguments: Sequence[str], reports: Collection[str] = ()) -> Invocation:
    """Return the command and its options, `reports` are the flags that providers declare.

    Raises CommandError of kind args, UnknownOption where other `reports` might help.
    """
    command, rest = find_command(arguments)
    if command is None:
        group = arguments[0] in GROUP_DEFAULTS
        word = arguments[1] if group else arguments[0]
        where = f" of {arguments[0]}" if group else ""
        raise _refusal(f"There is no command {_named_or('of this name', word)}{where}. Run codexbar --help.")
    return _parse_options(command, rest, reports)


def _named(words: tuple[str, ...]) -> Command | None:
    return next((command for command in COMMANDS if command.words == words), None)


def _parse_options(command: Command, rest: Sequence[str], reports: Collection[str]) -> Invocation:
    values: dict[str, str] = {}
    known_flags = {*COMMON_FLAGS, *command.flags, *(reports if command.takes_reports else ())}
    flags: set[str] = set()
    tokens = iter(rest)
    for token in tokens:
        name, has_value, value = token.partition("=")
        name = SHORT_FORMS.get(name, name)
        if not token.startswith("-") and command.operand and command.operand not in values:
            values[command.operand] = token
            continue
        if not token.startswith("-"):
            # Not repeated in the sentence: it may be a key that was meant for an option.
            only = f"one {command.operand}" if command.operand else "options only"
            raise _refusal(f"{command.name} takes {only}. Run codexbar {command.name} --help.")
        if name in COMMON_VALUES or name in command.values:
            values[name] = value if has_value else _next_value(name, tokens)
        elif name not in known_flags:
            raise _unknown(command, name)
        elif has_value:
            raise _refusal(f"{name} takes no value. Leave out what follows the equals sign.")
        elif name == "--web":
            values["--source"] = "web"
        else:
            flags.add(name)
    return Invocation(command, values, frozenset(flags))


def _next_value(name: str, tokens: Iterator[str]) -> str:
    value = next(tokens, None)
    if value is None or value.startswith("--"):
        raise _refusal(f"{name} needs a value. Write it as {name} VALUE or {name}=VALUE.")
    return value


def _unknown(command: Command, name: str) -> CommandError:
    shown = _named_or("of this name", name)
    told = f"{command.name} has no option {shown}. Run codexbar {command.name} --help."
    return UnknownOption(told, "args") if command.takes_reports else _refusal(told)


def _last_word(arguments: Sequence[str], option: str, known: Sequence[str]) -> str:
    found = ""
    for index, argument in enumerate(arguments):
        word = ""
        if argument == option and index + 1 < len(arguments):
            word = arguments[index + 1]
        elif argument.startswith(f"{option}="):
            word = argument.partition("=")[2]
        if word.lower() in known:
            found = word.lower()
    return found


def _named_or(otherwise: str, text: str) -> str:
    """Repeat a word only if it cannot be a key: plain letters and hyphens, not long."""
    return text if re.fullmatch(r"-{0,2}[A-Za-z][A-Za-z-]{0,23}", text) else otherwise


def _refusal(told: str) -> CommandError:
    return CommandError(told, "args")
