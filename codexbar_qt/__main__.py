"""The tray app's entry: choose how to start. Nothing heavy is imported before the icon is on screen."""

from __future__ import annotations

import argparse
import gc
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt import __version__, bootstrap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codexbar_qt.cli.terminal import Terminal
    from codexbar_qt.ui.desktop_instance import Wish

_NOTHING_ON = (
    "No provider is on. Turn one on with: codexbar config enable --provider NAME\n"
    "The names are listed by: codexbar config providers\n"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line. `wish` goes to the app that runs, or to this one."""

    demo: bool = False
    selftest: bool = False
    screenshots: Path | None = None
    scale: int = 0
    wish: Wish = "open"


def build_parser() -> argparse.ArgumentParser:
    """Return the options of the app; the manual page is made of them, too."""
    from pathlib import Path

    parser = argparse.ArgumentParser(
        prog="codexbar-qt", description="Shows how much is left of your AI coding plans, in the system tray."
    )
    parser.add_argument("--demo", action="store_true", help="run on made-up data; nothing of yours is read or written")
    parser.add_argument("--toggle", action="store_true", help="open or close the popup, starting the app if needed")
    parser.add_argument("--settings", action="store_true", help="open the settings, starting the app if needed")
    parser.add_argument("--quit", action="store_true", help="end the app that is running, in order, and wait for it")
    parser.add_argument("--selftest", action="store_true", help="open everything once, print timings, and quit")
    parser.add_argument(
        "--screenshot", metavar="DIR", type=Path, help="write pictures of every surface to DIR and quit"
    )
    parser.add_argument("--scale", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("-V", "--version", action="version", version=f"CodexBar {__version__}")
    return parser


def parse(argv: Sequence[str]) -> Options:
    """Read the command line; prints help or version and ends the process where asked."""
    found = build_parser().parse_args(argv)
    return Options(found.demo, found.selftest, found.screenshot, found.scale, _wish(found))


def _wish(found: argparse.Namespace) -> Wish:
    if found.quit:
        return "quit"
    return "toggle" if found.toggle else "settings" if found.settings else "open"


def main(argv: Sequence[str] | None = None) -> int:
    """Start the app and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    ended = bootstrap.run_own_process(words)
    if ended is not None:
        return ended
    options = parse(words)
    try:
        return _start(options)
    except bootstrap.NoHomeError as error:
        return _fail(str(error))


def _start(options: Options) -> int:
    if options.wish == "quit":
        from codexbar_qt.ui.application import quit_running

        return quit_running(bootstrap.build_launch("quit", demo=options.demo, selftest=False).instance_address)
    if options.screenshots is not None:
        return _write_screenshots(options.screenshots, options.scale)
    if not bootstrap.has_display():
        return _show_without_display(demo=options.demo)
    gc.disable()  # until start-up is over (ui.memory): there is next to no garbage before
    from codexbar_qt.ui.application import START_AGAIN, run_app

    code = run_app(bootstrap.build_launch(options.wish, demo=options.demo, selftest=options.selftest))
    return bootstrap.start_again(demo=options.demo) if code == START_AGAIN else code


def _write_screenshots(folder: Path, scale: int) -> int:
    if scale == 0:
        return max(bootstrap.run_scaled(folder, each) for each in (1, 2))
    from codexbar_qt.ui.pictures import render_everything

    try:
        return render_everything(bootstrap.build_demo_services, bootstrap.build_session, folder)
    except OSError as error:
        return _fail(f"The pictures could not be written: {error.strerror or error}. Choose another folder.")


def _fail(sentence: str) -> int:
    from codexbar_qt.cli.terminal import process_terminal

    process_terminal().write_error(f"Error: {sentence}")
    return 1


def _show_without_display(*, demo: bool) -> int:
    from codexbar_qt.cli.terminal import OutputFailed, process_terminal

    try:
        _print_without_display(process_terminal(), demo=demo)
    except OutputFailed:
        return 1
    return 0


def _print_without_display(terminal: Terminal, *, demo: bool) -> None:
    from codexbar_qt.cli.command_runner import run_command
    from codexbar_qt.cli.main import BootstrapHost

    what = "the usage of the demo data" if demo else "the usage"
    terminal.write(f"No display was found: here is {what} as text, followed by pictures of the windows.\n")
    build = bootstrap.build_demo_services if demo else bootstrap.build_services
    services = build()
    if not services.config_file.load().enabled_ids:
        terminal.write(_NOTHING_ON)
    run_command(["usage"], BootstrapHost(lambda: services), terminal)
    bootstrap.use_offscreen_platform()
    from codexbar_qt.ui.pictures import render_popup_and_settings

    try:
        paths = render_popup_and_settings(build, bootstrap.build_session, bootstrap.picture_folder())
    except OSError as error:
        terminal.write_error(f"Error: The pictures could not be written: {error.strerror or error}.")
        return
    for path in paths:
        terminal.write(f"{path}\n")


if __name__ == "__main__":
    sys.exit(main())
