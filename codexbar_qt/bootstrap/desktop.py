"""What depends on the machine the app starts on: display, places, start at login, measures, own child processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.adapters.desktop.autostart import Autostart, StartupTask
    from codexbar_qt.bootstrap.services import Services
    from codexbar_qt.core.session import AppSession
    from codexbar_qt.provider_api import Platform
    from codexbar_qt.ui.application import Launch, Measures
    from codexbar_qt.ui.desktop_instance import Wish


def has_display() -> bool:
    """Whether windows can be shown: always on macOS and Windows, elsewhere when a display server answers."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    from codexbar_qt.adapters.desktop.display import answers

    return answers(os.environ)


def use_offscreen_platform() -> None:
    """Let Qt render without a display. Call before Qt is imported."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def picture_folder() -> Path:
    """Return the folder for pictures that stand in for windows; they show accounts. Raises OSError."""
    from codexbar_qt.bootstrap.places import cache_folder, make_private

    folder = cache_folder() / "pictures"
    make_private(folder)
    return folder


def run_scaled(folder: Path, scale: int) -> int:
    """Write the pictures of one scale in a process of its own: Qt takes its scale only at the start."""
    import subprocess

    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "codexbar_qt"]
    argv = [*program, "--screenshot", str(folder), "--scale", str(scale)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
    # Our own program with our own words.
    return subprocess.run(argv, env=environment, check=False, timeout=600).returncode  # noqa: S603


def build_launch(wish: Wish, *, demo: bool, selftest: bool) -> Launch:
    """Return how to start the tray app on this machine."""
    from codexbar_qt.adapters.desktop.clock_jump import ClockJumpWatcher
    from codexbar_qt.ui.application import Launch

    # All that these two import comes after the icon.
    async def prepare() -> tuple[Services, AppSession]:
        import asyncio
        from functools import partial

        from codexbar_qt.bootstrap.logs import follow_log_preference
        from codexbar_qt.bootstrap.services import build_demo_services, build_services
        from codexbar_qt.bootstrap.session import build_session

        await asyncio.to_thread(_import_the_rest)
        build = build_demo_services if demo else partial(build_services, keeps_programs=True)
        services = await asyncio.to_thread(build)
        session = await build_session(services, is_resident=not selftest)
        follow_log_preference(session)
        return services, session

    async def is_power_low() -> bool:
        from codexbar_qt.adapters.desktop.power import PowerReader
        from codexbar_qt.ui.desktop_power import is_power_saver_on

        return await PowerReader(is_power_saver_on).is_low()

    return Launch(
        prepare=prepare,
        instance_address=_instance_address(demo=demo),
        clock_jumped=ClockJumpWatcher().has_jumped,
        is_power_low=is_power_low,
        measure=measure,
        wish=wish,
        is_selftest=selftest,
        program=_replaceable_program(),
    )


def _replaceable_program() -> Path | None:
    """Return our own file where an upgrade replaces it under the running app. On Windows installers end the app."""
    return Path(sys.executable) if getattr(sys, "frozen", False) and sys.platform != "win32" else None


def start_again(*, demo: bool) -> int:
    """Become the program that has replaced this one; returns only an exit code for when that fails."""
    try:
        os.execv(sys.executable, [sys.executable, *(["--demo"] if demo else [])])  # noqa: S606 - no shell is wanted
    except OSError:
        return 1


def _import_the_rest() -> None:
    """Import what is needed later on the loop, where it would hold up the icon for 20 ms."""
    import codexbar_qt.adapters.desktop.power
    import codexbar_qt.core.session  # noqa: F401 - only to have it in memory


def measure() -> Measures:
    """Return how long the process has lived and how much memory it holds."""
    from codexbar_qt.adapters.own_process import resident_bytes, uptime_ms
    from codexbar_qt.ui.application import Measures

    return Measures(uptime_ms(), resident_bytes())


def build_login_item(platform: Platform) -> Autostart | StartupTask:
    """Return what starts the app at login."""
    from codexbar_qt.adapters.desktop.autostart import Autostart, StartupTask
    from codexbar_qt.adapters.desktop.autostart_plan import LoginFolders, autostart_plan, launch_command
    from codexbar_qt.adapters.install_origin import own_appimage
    from codexbar_qt.bootstrap.updates import origin_name

    if platform == "windows" and origin_name(platform) == "msix":
        return StartupTask()
    frozen, executable = bool(getattr(sys, "frozen", False)), Path(sys.executable)
    command = launch_command(executable, frozen=frozen, appimage=own_appimage(executable, os.environ.get))
    return Autostart(autostart_plan(platform, command, LoginFolders(home=Path.home(), config=_config_home())))


def renew_login_item(platform: Platform) -> None:
    """Let the start at login, where it is on, start the build that runs now; a checkout never takes it over."""
    from codexbar_qt.bootstrap.updates import origin_name

    if origin_name(platform) != "source":
        build_login_item(platform).renew()


def _config_home() -> Path:
    named = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named.startswith("/") else Path.home() / ".config"


def _instance_address(*, demo: bool) -> str:
    from codexbar_qt.adapters.desktop.instance_address import instance_address
    from codexbar_qt.adapters.platform_name import current_platform
    from codexbar_qt.bootstrap.places import home_folder, meeting_folders
    from codexbar_qt.core.config_location import locate_config

    platform = current_platform()
    config = Path("demo") if demo else locate_config(os.environ.get, home_folder(), platform).path
    user = _user()
    return instance_address(config, user, platform, meeting_folders(user))


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
