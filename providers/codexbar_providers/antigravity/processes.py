"""Which running programs belong to Antigravity, told by their whole command line.

Names and flags changed with nearly every generation of the product, so this stays tolerant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codexbar_qt.provider_api import Secret, clean

if TYPE_CHECKING:
    from codexbar_qt.provider_api import LocalProcess

Kind = Literal["app", "ide", "cli"]
_LANGUAGE_SERVER = re.compile(r"(?:^|/)language[_-]server(?:[_-][a-z0-9]+)*(?:\.exe)?(?:\s|$)")
_APP_MARKS = ("antigravity.app/", "/gemini.app/", "antigravity ide.app/", "/antigravity/")
_IDE_MARKS = ("antigravity ide.app/", "/extensions/antigravity/bin/language_server")
_IDE_DATA = re.compile(r"--app_data_dir(?:\s+|=)antigravity-ide")
_CLI = re.compile(r"(?:^|/)antigravity[-_]cli(?:/|\s|$)|(?:^|/)agy(?:\.exe)?(?:\s|$)")


@dataclass(frozen=True, slots=True)
class ServerFlags:
    """What a server was started with: the token of its requests, and a second server to fall back on."""

    csrf_token: Secret | None = None
    extension_port: int | None = None
    extension_token: Secret | None = None


def kind_of(command_line: str) -> Kind | None:
    """Tell a language server of the app or the IDE, or the CLI, from its command line; None for anything else."""
    line = command_line.lower().replace("\\", "/")
    if _LANGUAGE_SERVER.search(line) and _is_antigravity(line):
        is_ide = any(mark in line for mark in _IDE_MARKS) or _IDE_DATA.search(line) is not None
        return "ide" if is_ide else "app"
    return "cli" if _CLI.search(line) else None


def read_flags(command_line: str) -> ServerFlags:
    """Return the flags of a language server, written as `--name value` or `--name=value`."""
    token, extension_token = _flag(command_line, "csrf_token"), _flag(command_line, "extension_server_csrf_token")
    port = _flag(command_line, "extension_server_port") or ""
    is_port = port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536
    return ServerFlags(
        csrf_token=Secret(token) if token else None,
        extension_port=int(port) if is_port else None,
        extension_token=Secret(extension_token) if extension_token else None,
    )


def runs_program(process: LocalProcess, program: str) -> bool:
    """Whether a process is this program, or an interpreter that runs it as its script."""
    wanted = _comparable(program)
    if _comparable(process.executable) == wanted:
        return True
    line = f"{_comparable(process.command_line)} "
    behind_interpreter = line.partition(" ")[2]
    while behind_interpreter.startswith("-"):
        behind_interpreter = behind_interpreter.partition(" ")[2]
    return line.startswith(f"{wanted} ") or behind_interpreter.startswith(f"{wanted} ")


def _is_antigravity(line: str) -> bool:
    return ("--app_data_dir" in line and "antigravity" in line) or any(mark in line for mark in _APP_MARKS)


def _flag(command_line: str, name: str) -> str | None:
    found = re.search(rf"(?:^|\s)--{name}(?:=|\s+)(\S+)", command_line)
    value = clean(found[1]) if found else None
    return None if value is None or value.startswith("--") else value


def _comparable(text: str) -> str:
    # Only Windows has drives, and only there case does not count.
    plain = text.replace("\\", "/")
    return plain.lower() if plain[1:3] == ":/" else plain
