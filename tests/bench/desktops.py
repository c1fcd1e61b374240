"""Where the programs show their icons: a virtual display with a tray when there is one, else offscreen."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.programs import Program, bare_tray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TRAY_SECONDS = 10.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


@contextmanager
def desktop() -> Iterator[tuple[str, dict[str, str]]]:
    """Give what it is called and the environment of programs that show themselves on it."""
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="cbbench", ignore_cleanup_errors=True) as folder:
        environment |= home_variables(Path(folder))
        if any(shutil.which(name) is None for name in ("Xvfb", "trayer")):
            yield (
                "offscreen, which has no tray: the app gets as far as the icon and does not show it",
                {**environment, "QT_QPA_PLATFORM": "offscreen"},
            )
            return
        with _virtual_display(environment) as shown:
            yield "Xvfb with trayer", shown


def home_variables(folder: Path) -> dict[str, str]:
    """Return what makes `folder` the home of a program, without a session bus."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    places = {"CONFIG": ".config", "DATA": ".local/share", "STATE": ".local/state", "CACHE": ".cache"}
    named = {f"XDG_{name}_HOME": str(folder / place) for name, place in places.items()}
    return named | {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime / 'no-bus'}",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


@contextmanager
def _virtual_display(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    reading, writing = os.pipe()
    started = [_quiet(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24"], environment, (writing,))]
    os.close(writing)
    try:
        with os.fdopen(reading) as stream:
            shown = {**environment, "DISPLAY": f":{stream.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
        if shutil.which("openbox"):
            started.append(_quiet(["openbox"], shown))
        started.append(_quiet(["trayer", "--edge", "bottom", "--height", "24", "--widthtype", "request"], shown))
        _await_tray(shown)
        yield shown
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)


def _await_tray(environment: Mapping[str, str]) -> None:
    deadline = time.monotonic() + _TRAY_SECONDS
    while True:
        with Program(bare_tray(), environment) as bare:
            if bare.wait("icon")["tray"]:
                return
        if time.monotonic() > deadline:
            raise TimeoutError("trayer has offered no tray")


def _quiet(
    command: Sequence[str], environment: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, pass_fds=pass_fds, stdout=nowhere, stderr=nowhere)
