"""Whether a display server answers, asked before Qt is: Qt ends the process when it finds none."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 1.0
_X_DISPLAY = re.compile(r"^(?:(?P<host>[^/:]*)|unix|/.*):(?P<number>\d+)(?:\.\d+)?$")


def answers(environ: Mapping[str, str]) -> bool:
    """Return whether a Wayland or X server can be reached; takes a second at most."""
    wayland = environ.get("WAYLAND_DISPLAY", "")
    if wayland and _connects(_wayland_path(wayland, environ.get("XDG_RUNTIME_DIR", ""))):
        return True
    match = _X_DISPLAY.match(environ.get("DISPLAY", ""))
    if match is None:
        return False
    number, host = int(match["number"]), match["host"] or ""
    if host not in ("", "unix"):
        return _connects((host, 6000 + number))
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    return _connects(path) or _connects(f"\0{path}")


def _wayland_path(name: str, runtime: str) -> str:
    return name if name.startswith("/") else str(Path(runtime) / name)


def _connects(address: str | tuple[str, int]) -> bool:
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(_SECONDS)
            probe.connect(address)
    except OSError:
        return False
    return True
