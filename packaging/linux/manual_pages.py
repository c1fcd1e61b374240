"""Manual pages of both programs, made of what `--help` prints, so that they say what the programs do."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from codexbar_qt.__main__ import build_parser
from codexbar_qt.cli.commands import COMMANDS
from codexbar_qt.cli.help_texts import help_text
from codexbar_qt.core.registry import load_registry
from codexbar_qt.project import HOME_PAGE
from command_parser import help_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_ROW = re.compile(r"  (\S.*?)(?: {2,}|(?<=SECONDS) |(?<=refuse-browser) )(\S.*)")
_ENDING = """\
.SH FILES
.TP
.I ~/.codexbar/config.json
Providers, their keys and their order.
.I ~/.config/codexbar/config.json
comes first where it exists, and the variable
.B CODEXBAR_CONFIG
names another file.
.TP
.I settings.json
Beside it: looks and intervals.
.TP
.I providers/*.py
Beside it: providers of your own, read after you have approved them in the settings.
"""


def manual_page(program: str, version: str, day: datetime) -> str:
    """Return the page of `codexbar` or `codexbar-qt` in section 1."""
    purpose, body = _command_line() if program == "codexbar" else _tray_app()
    other = "codexbar-qt" if program == "codexbar" else "codexbar"
    return "".join(
        (
            f'.TH {program.upper()} 1 {day:%Y-%m-%d} "CodexBar Qt {version}" "User Commands"\n',
            f".SH NAME\n{_text(program)} \\- {purpose}\n",
            body,
            _ENDING,
            f".SH SEE ALSO\n.BR {_text(other)} (1)\n.PP\n{_text(HOME_PAGE)}\n",
        )
    )


def _command_line() -> tuple[str, str]:
    providers = load_registry().providers
    overview = help_text(None)
    lead, _, rest = overview.partition("\n\nUsage: ")
    synopsis, _, rest = rest.partition("\n\n")
    body = f".SH SYNOPSIS\n.B {_text(synopsis)}\n.SH DESCRIPTION\n{_text(lead)}\n"
    # What all commands have in common stands once, at the overview.
    common = rest.partition("\n\nOutput:\n")[2].partition("\n\nExit codes:")[0]
    body += "".join(_blocks(rest.partition("\n\nOutput:\n")[0]))
    body += f".SH OUTPUT\n{''.join(_rows(common))}"
    body += ".SH COMMANDS IN DETAIL\n"
    for command in COMMANDS:
        text = help_of(command, providers).partition("\nOutput:\n")[0].strip()
        body += f".SS {_text(command.name)}\n{''.join(_blocks(text))}"
    codes = overview.partition("Exit codes: ")[2].strip()
    return "show how much is left of AI coding plans", f"{body}.SH EXIT STATUS\n{_text(codes)}\n"


def _tray_app() -> tuple[str, str]:
    parser = build_parser()
    parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=500, max_help_position=60)
    rows = parser.format_help().rpartition("\n\n")[2].partition("\n")[2]
    rows = rows.replace("show this help message and exit", "print a summary and quit")
    rows = rows.replace("show program's version number and exit", "print the version and quit")
    body = f".SH SYNOPSIS\n.B codexbar\\-qt\n[options]\n.SH DESCRIPTION\n{_text(parser.description or '')}\n"
    return "show how much is left of AI coding plans in the system tray", f"{body}.SH OPTIONS\n{''.join(_rows(rows))}"


def _blocks(text: str) -> Iterator[str]:
    """Go through the parts of a help text: sentences, lines of usage, lists under a heading."""
    for number, block in enumerate(text.strip().split("\n\n")):
        head, _, rest = block.partition("\n")
        if head.startswith("Usage: "):
            yield f".PP\n.B {_text(head.removeprefix('Usage: '))}\n"
        elif head.endswith(":") and rest:
            yield f".PP\n{_text(head)}\n{''.join(_rows(rest))}"
        else:
            yield f"{'.PP' if number else ''}\n{_text(block)}\n".lstrip()


def _rows(text: str) -> Iterator[str]:
    for line in text.splitlines():
        row = _ROW.fullmatch(line)
        if row is None:
            raise ValueError(f"not a row of a help text: {line!r}")
        yield f".TP\n.B {_text(row[1])}\n{_text(row[2])}\n"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in escaped.splitlines())
