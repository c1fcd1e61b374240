"""Firefox ESR as Debian packages it, headless, with its profile at the normal place below a home of ours."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from typing import TYPE_CHECKING

from tests.e2e.browsers.browser_process import PATIENCE, BrowserProcess, start_browser, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.e2e.browsers.places import BrowserWorld

PROGRAM = "firefox-esr"
ROOT = ".config/mozilla/firefox"
_NAME = "default-esr"


class Marionette:
    """The remote control that Firefox brings along: one command after the other on a socket of this machine."""

    def __init__(self, port: int) -> None:
        self._stream = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._count = 0
        self._receive()

    def close(self) -> None:
        self._stream.close()

    def ask(self, command: str, **parameters: object) -> object:
        """Return what a command answers. Raises AssertionError with what Firefox says against it."""
        self._count += 1
        message = json.dumps([0, self._count, command, parameters]).encode()
        self._stream.sendall(b"%d:%s" % (len(message), message))
        answer = self._receive()
        assert isinstance(answer, list)
        assert answer[2] is None, answer[2]
        return answer[3]

    def _receive(self) -> object:
        length = b""
        while not length.endswith(b":"):
            length += self._exactly(1)
        return json.loads(self._exactly(int(length[:-1])))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self._stream.recv(count - len(data))
            assert piece, "Firefox hung up"
            data += piece
        return data


def start_firefox(world: BrowserWorld, root: Path, environment: Mapping[str, str]) -> BrowserProcess:
    """Make a profile, start Firefox at the first page of the world's tour and wait until the tour is over.

    `root` is where it is to make the profile: the place that it chooses by itself.
    """
    environment = {**environment, "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1"}
    subprocess.run(
        [PROGRAM, "-CreateProfile", _NAME], env=environment, check=True, capture_output=True, timeout=PATIENCE
    )
    (profile,) = root.glob(f"*.{_NAME}")
    _write_preferences(profile, world.proxy.port)
    browser = start_browser([PROGRAM, "-P", _NAME, "--marionette"], environment, profile, root.parent / "firefox.log")
    try:
        control = _control(browser)
        control.ask("WebDriver:NewSession", acceptInsecureCerts=True)
        control.ask("WebDriver:Navigate", url=world.tour.start)
        wait_until(lambda: world.tour.is_over or not browser.is_running, "the pages were not visited")
        assert browser.is_running, browser.said()
    except BaseException:
        browser.kill()
        print(browser.said(), world.tour.seen, sep=os.linesep)
        raise

    browser.quit = lambda: control.ask("Marionette:Quit", flags=["eAttemptQuit"])
    browser.hang_up = control.close
    browser.visit = lambda url: control.ask("WebDriver:Navigate", url=url)
    return browser


def _control(browser: BrowserProcess) -> Marionette:
    """Connect to the port that Firefox wrote down."""
    file = browser.profile / "MarionetteActivePort"
    wait_until(lambda: (file.exists() and file.read_text() != "") or not browser.is_running, "Firefox does not listen")
    assert browser.is_running, browser.said()
    return Marionette(int(file.read_text()))


def _write_preferences(profile: Path, port: int) -> None:
    preferences: dict[str, object] = {
        "marionette.port": 0,
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": port,
        "browser.sessionstore.interval": 500,  # milliseconds; 15 s otherwise
        "browser.sessionstore.interval.idle": 500,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.normandy.enabled": False,
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines))
