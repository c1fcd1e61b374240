"""Opens a terminal window in which a program runs; both belong to the person and outlive the app."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.adapters.process_environment import child_environment
from codexbar_qt.adapters.process_windows import refuse_shell_characters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codexbar_qt.provider_api import Platform

_log = logging.getLogger(__name__)

FIRST_LOOK_SECONDS = 1.0
COMMAND_FILE_SECONDS = 20.0
_POLL_SECONDS = 0.1
_CREATE_NEW_CONSOLE = 0x10
_SHELL = "/bin/sh"
_OPEN = "/usr/bin/open"

# A constant script: the program and its arguments come as "$@". A window that closes at once hides what went wrong.
_STAY_OPEN = '"$@"; printf "\\nPress Enter to close this window. "; read -r _'

_EXECUTE: Mapping[str, tuple[str, ...]] = {
    "xdg-terminal-exec": (),
    "x-terminal-emulator": ("-e",),
    "ptyxis": ("--",),
    "kgx": ("--",),
    "gnome-terminal": ("--",),
    "konsole": ("-e",),
    "xfce4-terminal": ("-x",),
    "mate-terminal": ("-x",),
    "cosmic-term": ("--",),
    "kitty": (),
    "alacritty": ("-e",),
    "ghostty": ("-e",),
    "foot": (),
    "wezterm": ("start", "--"),
    "terminator": ("-x",),
    "urxvt": ("-e",),
    "st": ("-e",),
    "xterm": ("-e",),
}
"""Terminals, and the words after which each takes a program and its arguments as separate words."""

_OWN_TERMINALS: Mapping[str, tuple[str, ...]] = {
    "gnome": ("ptyxis", "kgx", "gnome-terminal"),
    "x-cinnamon": ("gnome-terminal",),
    "unity": ("gnome-terminal",),
    "kde": ("konsole",),
    "xfce": ("xfce4-terminal",),
    "mate": ("mate-terminal",),
    "cosmic": ("cosmic-term",),
}


@dataclass(frozen=True, slots=True)
class TerminalStart:
    """A program to be started for the person; with `new_console` Windows gives it a window of its own."""

    argv: tuple[str, ...]
    new_console: bool = False


FindProgram = Callable[[str], Awaitable[str | None]]
SpawnTerminal = Callable[[TerminalStart], Awaitable[bool]]


async def start_detached(start: TerminalStart) -> bool:
    """Start a program that neither ends with the app nor holds anything of it.

    False when it could not be started or failed within a second: what hands over to a running terminal ends at once
    with status 0, what draws the window itself goes on.
    """
    return await asyncio.to_thread(_start_detached, start)


async def open_terminal(
    argv: Sequence[str],
    *,
    platform: Platform,
    find: FindProgram,
    spawn: SpawnTerminal = start_detached,
    environ: Mapping[str, str] = os.environ,
) -> bool:
    """Run a program in a new terminal window; False when no terminal could be opened. Never raises for that.

    `find` returns the absolute path of a program by its name (`ProcessRunner.find`).
    """
    words = await _resolved(argv, find)
    if words is None:
        return False
    if platform == "windows":
        return await _open_console(words, spawn)
    if platform == "macos":
        return await _open_command_file(words, spawn)
    return await _open_emulator(words, find, spawn, environ)


def terminals_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the terminals to try on Linux: the person's choice, the desktop's own, any other."""
    desktops = environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":")
    own = [name for desktop in desktops for name in _OWN_TERMINALS.get(desktop, ())]
    return tuple(dict.fromkeys(("xdg-terminal-exec", "x-terminal-emulator", *own, *_EXECUTE)))


async def _resolved(argv: Sequence[str], find: FindProgram) -> tuple[str, ...] | None:
    if not argv or any("\0" in word for word in argv):
        return None
    program = argv[0] if Path(argv[0]).is_absolute() or ":\\" in argv[0] else await find(argv[0])
    return None if program is None else (program, *argv[1:])


async def _open_console(words: tuple[str, ...], spawn: SpawnTerminal) -> bool:
    try:
        refuse_shell_characters(words)
    except OSError:
        _log.warning("no terminal: an argument is not safe for a batch file")
        return False
    return await spawn(TerminalStart(words, new_console=True))


async def _open_emulator(
    words: tuple[str, ...], find: FindProgram, spawn: SpawnTerminal, environ: Mapping[str, str]
) -> bool:
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return False
    for name in terminals_of(environ):
        terminal = await find(name)
        started = terminal and await spawn(
            TerminalStart((terminal, *_EXECUTE[name], _SHELL, "-c", _STAY_OPEN, _SHELL, *words))
        )
        if started:
            return True
    return False


async def _open_command_file(words: tuple[str, ...], spawn: SpawnTerminal) -> bool:
    """Let Terminal run a script that removes itself first; it is open once the script is gone."""
    try:
        with _command_file(words) as script:
            if not await spawn(TerminalStart((_OPEN, "-a", "Terminal", str(script)))):
                return False
            for _ in range(int(COMMAND_FILE_SECONDS / _POLL_SECONDS)):
                if not await asyncio.to_thread(script.exists):
                    return True
                await asyncio.sleep(_POLL_SECONDS)
    except OSError as problem:
        _log.warning("no terminal: the command file could not be written (errno %s)", problem.errno)
    return False


@contextlib.contextmanager
def _command_file(words: tuple[str, ...]) -> Iterator[Path]:
    """A script in a folder of its own that only this user can read; both are gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="codexbar-"))
    script = folder / "CodexBar.command"
    try:
        descriptor = os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - the descriptor carries the mode
            file.write(f"#!/bin/sh\n/bin/rm -f -- {shlex.quote(str(script))}\nexec {shlex.join(words)}\n")
        yield script
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_detached(start: TerminalStart) -> bool:
    try:
        process = _popen(start)
    except (OSError, ValueError, RuntimeError) as problem:
        _log.info("%s could not be started: %s", Path(start.argv[0]).name, type(problem).__name__)
        return False
    try:
        if not start.new_console:
            return process.wait(FIRST_LOOK_SECONDS) == 0
    except subprocess.TimeoutExpired:
        pass
    with contextlib.suppress(RuntimeError):  # without a thread it stays a zombie until the app ends
        threading.Thread(target=process.wait, name="terminal", daemon=True).start()
    return True


def _popen(start: TerminalStart) -> subprocess.Popen[bytes]:
    platform: Platform = "windows" if start.new_console else "linux"
    home = str(Path.home())
    environment = child_environment(os.environ, path=os.environ.get("PATH", os.defpath), home=home, platform=platform)
    if start.new_console:
        # No redirection: the console's own input and output are wanted, and then nothing of ours is inherited.
        return subprocess.Popen(start.argv, env=environment, cwd=home, creationflags=_CREATE_NEW_CONSOLE)
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        start.argv, stdin=nothing, stdout=nothing, stderr=nothing, env=environment, cwd=home, start_new_session=True
    )
