"""The composition root: the only place that builds adapters and wires the core to a surface.

A module behind these names is imported when one of them is first used: the tray app starts with `desktop` alone and
takes the others after the icon is on screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.bootstrap.command_line import start_command_log
    from codexbar_qt.bootstrap.desktop import (
        build_launch,
        has_display,
        picture_folder,
        run_scaled,
        start_again,
        use_offscreen_platform,
    )
    from codexbar_qt.bootstrap.live_contexts import LiveContexts
    from codexbar_qt.bootstrap.machine_parts import MachineParts
    from codexbar_qt.bootstrap.own_processes import run_own_process
    from codexbar_qt.bootstrap.places import NoHomeError
    from codexbar_qt.bootstrap.services import Services, build_demo_services, build_services
    from codexbar_qt.bootstrap.session import build_session

__all__ = [
    "LiveContexts",
    "MachineParts",
    "NoHomeError",
    "Services",
    "build_demo_services",
    "build_launch",
    "build_services",
    "build_session",
    "has_display",
    "picture_folder",
    "run_own_process",
    "run_scaled",
    "start_again",
    "start_command_log",
    "use_offscreen_platform",
]

_MODULES = {
    "command_line": ("start_command_log",),
    "live_contexts": ("LiveContexts",),
    "machine_parts": ("MachineParts",),
    "own_processes": ("run_own_process",),
    "places": ("NoHomeError",),
    "services": ("Services", "build_demo_services", "build_services"),
    "session": ("build_session",),
}


def __getattr__(name: str) -> object:
    """Return a name of `__all__` from the module that has it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    home = next((module for module, names in _MODULES.items() if name in names), "desktop")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
