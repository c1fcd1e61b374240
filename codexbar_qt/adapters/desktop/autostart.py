"""Switches the start at login on and off, and reads which it is."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import secrets
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.adapters.desktop.autostart_plan import (
    APPROVED_KEY,
    AutostartFile,
    AutostartValue,
    is_agent_active,
    is_entry_active,
    with_command_of,
)

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_LARGEST_FILE = 64 * 1024


class UserRegistry(Protocol):
    """Values below HKEY_CURRENT_USER; raises OSError when they cannot be reached."""

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return the value, None when there is none."""
        ...

    def write(self, key: str, name: str, text: str) -> None:
        """Set a text value."""
        ...

    def remove(self, key: str, name: str) -> None:
        """Remove the value if it is there."""
        ...


class Autostart:
    """Carries a plan out. Every method is quick, blocks, and may be called in a thread."""

    def __init__(self, plan: AutostartFile | AutostartValue, registry: UserRegistry | None = None) -> None:
        self._entry = (
            _FileEntry(plan) if isinstance(plan, AutostartFile) else _ValueEntry(plan, registry or WindowsRegistry())
        )

    def is_on(self) -> bool:
        """Return whether the app starts at login; a place that cannot be read counts as no."""
        try:
            return self._entry.is_on()
        except OSError:
            return False

    def set_on(self, on: bool) -> str:
        """Switch it; return "" or a sentence about what prevented it."""
        try:
            self._entry.switch(on)
        except OSError as error:
            _log.info("start at login not changed: %s", type(error).__name__)
            done = "on" if on else "off"
            return f"Start at login could not be switched {done}. Check that {self._entry.place} can be written."
        return ""

    def renew(self) -> None:
        """Let what is there start this very program: an older one may be gone by the next login.

        Only the command changes. Nothing is made where nothing is, and what the desktop has switched off stays off.
        """
        try:
            self._entry.renew()
        except OSError as error:
            _log.info("start at login not renewed: %s", type(error).__name__)


class StartupTask:
    """The start at login of an MSIX package. Its manifest has told Windows, and only Windows' settings switch it.

    What such an app writes to the registry goes to a copy of its own, which nobody reads at login.
    """

    def is_on(self) -> bool:
        """Return False: Windows tells the state to other kinds of programs only."""
        return False

    def set_on(self, on: bool) -> str:
        """Say where it is switched."""
        return f"Windows starts this package itself. Switch it {'on' if on else 'off'} in its settings, Apps > Startup."

    def renew(self) -> None:
        """Do nothing: Windows knows the package, whatever version it has."""


class _FileEntry:
    def __init__(self, plan: AutostartFile) -> None:
        self._plan = plan
        self._is_active = is_agent_active if plan.path.suffix == ".plist" else is_entry_active
        self.place = str(plan.path.parent)

    def is_on(self) -> bool:
        with self._plan.path.open("rb") as stream:
            return self._is_active(stream.read(_LARGEST_FILE))

    def switch(self, on: bool) -> None:
        if not on:
            self._plan.path.unlink(missing_ok=True)
            return
        self._plan.path.parent.mkdir(parents=True, exist_ok=True)
        _replace(self._plan.path.resolve(), self._plan.content)

    def renew(self) -> None:
        try:
            with self._plan.path.open("rb") as stream:
                present = stream.read(_LARGEST_FILE + 1)
        except FileNotFoundError:
            return
        renewed = with_command_of(self._plan, present) if len(present) <= _LARGEST_FILE else present
        if renewed != present:
            _replace(self._plan.path.resolve(), renewed)


class _ValueEntry:
    place = "your part of the registry"

    def __init__(self, plan: AutostartValue, registry: UserRegistry) -> None:
        self._plan, self._registry = plan, registry

    def is_on(self) -> bool:
        if self._registry.read(self._plan.key, self._plan.name) is None:
            return False
        approved = self._registry.read(APPROVED_KEY, self._plan.name)
        # An odd first byte is the Task Manager's mark for switched off.
        return not (isinstance(approved, bytes) and approved[:1] and approved[0] % 2 == 1)

    def switch(self, on: bool) -> None:
        self._registry.remove(APPROVED_KEY, self._plan.name)
        if on:
            self._registry.write(self._plan.key, self._plan.name, self._plan.command)
        else:
            self._registry.remove(self._plan.key, self._plan.name)

    def renew(self) -> None:
        present = self._registry.read(self._plan.key, self._plan.name)
        if present is not None and present != self._plan.command:
            self._registry.write(self._plan.key, self._plan.name, self._plan.command)


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)  # noqa: PTH105 - the same call, and tests can make it fail
    finally:
        temporary.unlink(missing_ok=True)


class WindowsRegistry:
    """The registry itself. Raises ModuleNotFoundError anywhere but on Windows."""

    def __init__(self) -> None:
        self._calls = importlib.import_module("winreg")

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return the value, None when there is none."""
        calls = self._calls
        with contextlib.suppress(FileNotFoundError), calls.OpenKey(calls.HKEY_CURRENT_USER, key) as opened:
            value: object = calls.QueryValueEx(opened, name)[0]
            return value if isinstance(value, str | bytes) else None
        return None

    def write(self, key: str, name: str, text: str) -> None:
        """Set a text value."""
        calls = self._calls
        with calls.CreateKey(calls.HKEY_CURRENT_USER, key) as opened:
            calls.SetValueEx(opened, name, 0, calls.REG_SZ, text)

    def remove(self, key: str, name: str) -> None:
        """Remove the value if it is there."""
        calls = self._calls
        opening = (calls.HKEY_CURRENT_USER, key, 0, calls.KEY_SET_VALUE)
        with contextlib.suppress(FileNotFoundError), calls.OpenKey(*opening) as opened:
            calls.DeleteValue(opened, name)
