"""Where programs are: the login shell's PATH and aliases, our own PATH, and known places."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from codexbar_qt.provider_api import Platform

SHELL_LIMIT_SECONDS = 3.0
_MARK = "__codexbar_mark__"
_QUESTION = f'printf %s {_MARK}; printf %s "$PATH"; printf %s {_MARK}; alias; printf %s {_MARK}'
_ALIAS = re.compile(r"^(?:alias\s+)?([\w.+-]+)(?:=|\s+)(.+)$")
_OTHER_LANGUAGE = frozenset({"csh", "tcsh", "nu", "pwsh", "xonsh", "elvish", "false", "nologin"})


@dataclass(frozen=True, slots=True)
class ShellFacts:
    """Directories of the login shell's PATH, and the aliases that stand for one absolute program."""

    path: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])


class LoginShell:
    """Asks the user's shell once: a desktop session starts us without what `.profile` and `.zshrc` add to PATH.

    `ask` runs an argv within SHELL_LIMIT_SECONDS and returns its output, "" for any failure.
    """

    def __init__(self, shell: str, ask: Callable[[tuple[str, ...]], Awaitable[str]]) -> None:
        self._shell = shell
        self._ask = ask
        self._task: asyncio.Task[ShellFacts] | None = None
        self._facts: ShellFacts | None = None

    async def facts(self) -> ShellFacts:
        """Return what the shell said, empty when there is none we can ask; concurrent callers share one question."""
        if self._facts is not None:
            return self._facts
        if self._task is None:
            self._task = asyncio.ensure_future(self._find_out())
            self._task.add_done_callback(self._forget_task)
        return await asyncio.shield(self._task)

    def _forget_task(self, _task: asyncio.Task[ShellFacts]) -> None:
        self._task = None

    async def _find_out(self) -> ShellFacts:
        if not Path(self._shell).is_absolute() or Path(self._shell).name in _OTHER_LANGUAGE:
            facts = ShellFacts()
        else:
            answers = await asyncio.gather(
                self._ask((self._shell, "-l", "-i", "-c", _QUESTION)), self._ask((self._shell, "-l", "-c", _QUESTION))
            )
            facts = parse_answers(answers)
        self._facts = facts
        return facts


def user_shell(environ: Mapping[str, str]) -> str:
    """Return the path of the user's shell; empty on Windows or when none is known."""
    if sys.platform == "win32":
        return ""
    else:  # the type checkers leave out the branch of the other system
        import pwd

        try:
            return environ.get("SHELL", "") or pwd.getpwuid(os.getuid()).pw_shell
        except KeyError:
            return ""


def parse_answers(answers: Iterable[str]) -> ShellFacts:
    """Join the answers of several shells, the first leading; what start-up files print around the marks is ignored."""
    directories: list[str] = []
    aliases: dict[str, str] = {}
    for answer in answers:
        parts = answer.split(_MARK)
        if len(parts) >= 4:
            directories += parts[-3].strip().split(":")
            for name, program in _parse_aliases(parts[-2]):
                aliases.setdefault(name, program)
    return ShellFacts(unique_directories(directories), aliases)


def unique_directories(directories: Iterable[str]) -> tuple[str, ...]:
    """Drop repeated, empty and relative entries: those would find programs in whatever folder we run in."""
    return tuple(dict.fromkeys(place for place in directories if os.path.isabs(place)))  # noqa: PTH117 - a text, not made a path for a question


def find_program(
    name: str,
    *,
    directories: Sequence[str],
    aliases: Mapping[str, str],
    extra: Sequence[str],
    extensions: Sequence[str] = ("",),
) -> str | None:
    """Return the first executable: `name` in `directories`, the alias of that name, a place of `extra`."""
    in_directories = (os.path.join(place, name) for place in directories)  # noqa: PTH118  # keeps the spelling
    places = (*in_directories, *filter(None, [aliases.get(name)]), *extra)
    spellings = (place + extension for place in places for extension in extensions_for(place, extensions))
    return next((place for place in spellings if is_executable(place)), None)


def is_executable(path: str) -> bool:
    """Whether `path` is an absolute path of a file that this user may run."""
    return os.path.isabs(path) and Path(path).is_file() and os.access(path, os.X_OK)  # noqa: PTH117 - as above


def extensions_for(path: str, extensions: Sequence[str]) -> Sequence[str]:
    """Return what to append to `path`: nothing when it ends in one of `extensions` already (Windows' PATHEXT)."""
    return ("",) if path.lower().endswith(tuple(filter(None, extensions))) else extensions


def program_extensions(platform: Platform, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return PATHEXT in lower case on Windows; elsewhere names are whole."""
    if platform != "windows":
        return ("",)
    known = environ.get("PATHEXT") or ".COM;.EXE;.BAT;.CMD"
    return tuple(extension.lower() for extension in known.split(";") if extension.startswith("."))


def registry_path(read: Callable[[str], str] | None = None) -> tuple[str, ...]:
    """Return the machine's and the user's PATH as Windows keeps them now: ours is as old as the log-in.

    `read` returns the value for "machine" or "user", "" when there is none; elsewhere than on Windows there is nothing.
    """
    reader = read or _registry_reader()
    if reader is None:
        return ()
    values = (reader(owner) for owner in ("machine", "user"))
    return tuple(entry for value in values for entry in value.split(";") if entry)


def _registry_reader() -> Callable[[str], str] | None:
    if sys.platform == "win32":
        import winreg

        places = {
            "machine": (winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"),
            "user": (winreg.HKEY_CURRENT_USER, "Environment"),
        }

        def read(owner: str) -> str:
            root, key = places[owner]
            try:
                with winreg.OpenKey(root, key) as handle:
                    value = winreg.QueryValueEx(handle, "Path")[0]
            except OSError:
                return ""
            return winreg.ExpandEnvironmentStrings(str(value))

        return read
    else:
        return None


def _parse_aliases(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        match = _ALIAS.match(line.strip())
        if match is None:
            continue
        try:
            words = shlex.split(match[2])
            words = shlex.split(words[0]) if len(words) == 1 else words
        except ValueError:
            continue
        if len(words) == 1 and os.path.isabs(words[0]):  # noqa: PTH117 - as above
            yield match[1], words[0]
