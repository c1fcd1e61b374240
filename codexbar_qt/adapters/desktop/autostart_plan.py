"""What has to stand where for the app to start at login: values only, the same on every machine."""

from __future__ import annotations

import plistlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the Task Manager notes which entries of RUN_KEY the user has switched off."""
RUN_NAME: Final = "CodexBarQt"
DESKTOP_FILE: Final = "codexbar-qt.desktop"
AGENT_LABEL: Final = "io.github.codexbar-qt"


@dataclass(frozen=True, slots=True)
class AutostartFile:
    """A file that starts the app by being there."""

    path: Path
    content: bytes


@dataclass(frozen=True, slots=True)
class AutostartValue:
    """A value below HKEY_CURRENT_USER that starts the app by being there."""

    key: str
    name: str
    command: str


@dataclass(frozen=True, slots=True)
class LoginFolders:
    """Where the files go. `config` is XDG_CONFIG_HOME, already resolved to its default."""

    home: Path
    config: Path


def autostart_plan(platform: Platform, command: Sequence[str], folders: LoginFolders) -> AutostartFile | AutostartValue:
    """Return what makes the system run `command` (argv, absolute program) at login."""
    if platform == "windows":
        return AutostartValue(RUN_KEY, RUN_NAME, windows_command_line(command))
    if platform == "macos":
        path = folders.home / "Library" / "LaunchAgents" / f"{AGENT_LABEL}.plist"
        return AutostartFile(path, launch_agent(command))
    return AutostartFile(folders.config / "autostart" / DESKTOP_FILE, desktop_entry(command))


def launch_command(executable: Path, *, frozen: bool, appimage: str = "") -> tuple[str, ...]:
    """Return the argv that starts this very app again.

    A frozen app is its own program. An AppImage is named by the variable APPIMAGE: its mounted folder is gone later.
    Otherwise the script beside the interpreter is used, or else the module.
    """
    if appimage:
        return (appimage,)
    if frozen:
        return (str(executable),)
    for name in ("codexbar-qt", "codexbar-qt.exe"):
        script = executable.with_name(name)
        if script.is_file():
            return (str(script),)
    return (str(executable), "-m", "codexbar_qt")


def desktop_entry(command: Sequence[str]) -> bytes:
    """Return the XDG autostart file."""
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=CodexBar",
        "Comment=Shows how much is left of your AI coding plans",
        f"TryExec={_escaped(command[0])}",  # an app that was removed is not asked for
        f"Exec={' '.join(_exec_word(word) for word in command)}",
        "Icon=codexbar-qt",
        "Terminal=false",
        "StartupNotify=false",
        "X-GNOME-Autostart-enabled=true",
    )
    return ("\n".join(lines) + "\n").encode()


def is_entry_active(content: bytes) -> bool:
    """Return whether an XDG autostart file starts anything: desktops switch it off by a key, not by removing it."""
    values: dict[str, str] = {}
    group = ""
    for line in content.decode("utf-8", "replace").splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == "[Desktop Entry]" and "=" in line:
            key, _, value = line.partition("=")
            values[key.strip()] = value.strip().lower()
    return bool(values) and values.get("Hidden") != "true" and values.get("X-GNOME-Autostart-enabled") != "false"


def launch_agent(command: Sequence[str]) -> bytes:
    """Return the property list of a LaunchAgent."""
    agent = {
        "Label": AGENT_LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    return plistlib.dumps(agent)


def is_agent_active(content: bytes) -> bool:
    """Return whether a LaunchAgent starts anything; a damaged one does not."""
    try:
        agent = plistlib.loads(content)
    except (plistlib.InvalidFileException, ValueError, OverflowError):
        return False
    return isinstance(agent, dict) and bool(agent.get("RunAtLoad")) and not agent.get("Disabled")


def with_command_of(plan: AutostartFile, present: bytes) -> bytes:
    """Return a file that is there with the command of a plan; the rest of it stays, and so does one of another form."""
    if plan.path.suffix == ".plist":
        return _agent_with_command(present, plan.content)
    planned = dict(line.split(b"=", 1) for line in plan.content.splitlines() if b"Exec=" in line)
    lines, group = present.splitlines(), b""
    for place, line in enumerate(lines):
        if line.startswith(b"["):
            group = line.strip()
        elif group == b"[Desktop Entry]" and (key := line.partition(b"=")[0].strip()) in planned:
            lines[place] = key + b"=" + planned[key]
    renewed = b"\n".join(lines) + b"\n"
    return present if lines == present.splitlines() else renewed


def _agent_with_command(present: bytes, planned: bytes) -> bytes:
    wanted = plistlib.loads(planned)["ProgramArguments"]
    try:
        agent = plistlib.loads(present)
    except (plistlib.InvalidFileException, ValueError, OverflowError):
        return present
    if not isinstance(agent, dict) or agent.get("ProgramArguments") in (None, wanted):
        return present
    return plistlib.dumps({**agent, "ProgramArguments": wanted})


def windows_command_line(command: Sequence[str]) -> str:
    """Return one line that Windows splits into `command` again (the rules of CommandLineToArgvW)."""
    return " ".join(_windows_word(word) for word in command)


def _exec_word(word: str) -> str:
    """Quote for the key Exec: first as an argument, then as a string value, whose backslashes count double again."""
    word = word.replace("%", "%%")
    if not word or re.search(r"[\s\"'\\><~|&;$*?#()`]", word):
        word = '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'
    return _escaped(word)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def _windows_word(word: str) -> str:
    if word and not re.search(r'[\s"]', word):
        return word
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', word)
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'
