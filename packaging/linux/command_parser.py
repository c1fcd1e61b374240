"""The command line as a parser of the standard library, made of the command table and its help texts.

Completions are made of it. The command does not use it: it reads words its own way (codexbar_qt/cli/arguments.py).
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, get_args

from codexbar_qt.adapters.browser_cookies.catalogue import BROWSERS
from codexbar_qt.cli.commands import ALL, COMMANDS, COST, FORMATS, LOG_LEVELS, USAGE, Command
from codexbar_qt.cli.cost_options import Grouping
from codexbar_qt.cli.help_texts import help_text
from codexbar_qt.core.registry import load_registry
from codexbar_qt.cost.sources import COST_SOURCES
from codexbar_qt.provider_api import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codexbar_qt.provider_api import Provider

_ROW = re.compile(r"  (?:(-\w), )?(--[\w-]+)(?: ([A-Z]+|[a-z]+\|[a-z|]+))? +(\S.*)")
_SETTLES_IT = {"--help", "--version"}


def command_line_parser() -> argparse.ArgumentParser:
    """Return the parser of `codexbar` with all its commands."""
    providers = load_registry().providers
    parser = argparse.ArgumentParser(prog="codexbar", add_help=False)
    _add_options(parser, help_text(None), {})
    groups = {"": parser.add_subparsers()}
    for command in COMMANDS:
        *group, word = command.words
        if group and group[0] not in groups:
            made = groups[""].add_parser(group[0], help=_group_summary(group[0]), add_help=False)
            groups[group[0]] = made.add_subparsers()
        text = help_of(command, providers)
        one = groups["".join(group)].add_parser(word, help=_first_line(text), add_help=False)
        _add_options(one, text, _choices(command, providers))
        if command.operand:
            one.add_argument(command.operand, choices=sorted(browser.id for browser in BROWSERS))
    return parser


def help_of(command: Command, providers: Sequence[Provider]) -> str:
    """Return what `--help` of a command prints, reports of the built-in providers included."""
    reports = [report for provider in providers for report in provider.debug_reports]
    return help_text(command, reports if command.takes_reports else ())


def _add_options(parser: argparse.ArgumentParser, text: str, choices: Mapping[str, Sequence[str]]) -> None:
    for row in filter(None, map(_ROW.fullmatch, text.splitlines())):
        short, name, value, told = row.groups()
        names = [each for each in (short, name) if each]
        if name in _SETTLES_IT:
            parser.add_argument(*names, action="version", version="", help=told)
        elif value or name in choices:
            parser.add_argument(*names, metavar=value, choices=choices.get(name, _common_choices(name)), help=told)
        else:
            parser.add_argument(*names, action="store_true", help=told)


def _choices(command: Command, providers: Sequence[Provider]) -> dict[str, Sequence[str]]:
    ids = [provider.id for provider in providers]
    several = ["both", ALL]
    names = {USAGE: [*ids, *several], COST: [*(source.id for source in COST_SOURCES), *several]}
    return {
        "--provider": names.get(command, ids),
        "--source": [source.value for source in Source],
        "--group-by": [word for word in get_args(Grouping) if word],
    }


def _common_choices(name: str) -> Sequence[str] | None:
    return {"--format": FORMATS, "--log-level": LOG_LEVELS}.get(name)


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip(".")


def _group_summary(group: str) -> str:
    return ", ".join(command.words[1] for command in COMMANDS if command.words[0] == group)
