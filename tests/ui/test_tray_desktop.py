"""The tray icon in a real X11 tray: seen on the screen, clicked with the mouse."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QColor, QImage

from codexbar_qt.ui.icon_painter import paint_image
from codexbar_qt.ui.icon_spec import Ground, IconSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.desktop
DARK, LIGHT = "0x202020", "0xe8e8e8"


class Screen:
    """A virtual X11 display with a window manager; trays come and go."""

    def __init__(self, environment: dict[str, str]) -> None:
        reading, writing = os.pipe()
        self.programs: list[Program] = []
        self._processes = [
            _quiet(["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x300x24"], pass_fds=(writing,))
        ]
        os.close(writing)
        with os.fdopen(reading) as stream:
            self.environment = {**environment, "DISPLAY": f":{stream.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
        self._processes.append(_quiet(["openbox"], env=self.environment))

    def start_tray(self, tint: str = DARK) -> subprocess.Popen[bytes]:
        look = ["--height", "24", "--widthtype", "request", "--transparent", "true", "--alpha", "0", "--tint", tint]
        tray = _quiet(["trayer", "--edge", "bottom", *look], env=self.environment)
        self._processes.append(tray)
        return tray

    def mouse(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True, timeout=20)

    def look(self, path: Path) -> QImage:
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True, timeout=20)
        return QImage(str(path))

    def close(self) -> None:
        for program in self.programs:
            program.close()
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            process.wait(20)


class Program:
    """tray_process.py, its events and its commands."""

    def __init__(self, screen: Screen, *, patience_ms: int = 60_000, **variables: str) -> None:
        script = Path(__file__).with_name("tray_process.py")
        environment = {**screen.environment, "PYTHONPATH": str(script.parents[2]), **variables}
        command = [sys.executable, "-W", "error", str(script), str(patience_ms)]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.complaints: list[str] = []
        self.counts: Counter[str] = Counter()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        screen.programs.append(self)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                event = json.loads(line)
                if event["event"] == "qt":
                    self.complaints.append(event["text"])
                self.counts[event["event"]] += 1
                self.events.put(event)

    def wait(self, name: str) -> dict[str, Any]:
        while True:
            event = self.events.get(timeout=30)
            if event["event"] == name:
                return event

    def do(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        while True:
            state = self.wait("state")
            if state["did"] == command:
                return state

    def until(self, command: str, met: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while not met(state := self.do(command)):
            assert time.monotonic() < deadline, state
            time.sleep(0.05)
        return state

    def close(self) -> int:
        """End it as its standard input ends; return its exit code."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(30)
        finally:
            self._reader.join()


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen(dict(os.environ))
    yield made
    made.close()


def _quiet(
    command: list[str], env: dict[str, str] | None = None, pass_fds: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=nothing, stderr=nothing, env=env, pass_fds=pass_fds)


def _is_docked(state: dict[str, Any]) -> bool:
    # Before it is docked the window lies somewhere at the top of the screen.
    return state["place"] is not None and state["place"][1] > 200


def _shows(image: QImage, place: list[int], ground: Ground) -> bool:
    """Whether every opaque pixel of the icon is on the screen where it should be."""
    spec = IconSpec("pair", 72, 41, badge="dot", ground=ground)
    side = min(place[2], place[3])
    icon = paint_image(spec, side)
    left, top = place[0] + (place[2] - side) // 2, place[1] + (place[3] - side) // 2
    solid = [(x, y) for x in range(side) for y in range(side) if icon.pixelColor(x, y).alpha() == 255]
    assert len(solid) > 60
    return all(image.pixelColor(left + x, top + y) == icon.pixelColor(x, y) for x, y in solid)


def _wait_until_shown(screen: Screen, program: Program, tmp_path: Path, ground: Ground) -> list[int]:
    deadline = time.monotonic() + 30
    while True:
        place: list[int] = program.until("state", _is_docked)["place"]
        if _shows(screen.look(tmp_path / "screen.png"), place, ground):
            return place
        assert time.monotonic() < deadline, "the icon is not where it should be"
        time.sleep(0.1)


@pytest.mark.parametrize(("tint", "ground"), [(DARK, "dark"), (LIGHT, "light")])
def test_icon_is_seen_in_the_colour_for_the_panel(screen: Screen, tmp_path: Path, tint: str, ground: Ground) -> None:
    screen.start_tray(tint)
    program = Program(screen)
    program.do("apply")
    place = _wait_until_shown(screen, program, tmp_path, ground)
    background = screen.look(tmp_path / "screen.png").pixelColor(place[0], place[1])
    assert (background.lightness() > 127) == (ground == "light")
    assert program.close() == 0
    assert program.complaints == []


def test_clicks(screen: Screen, tmp_path: Path) -> None:
    screen.start_tray()
    program = Program(screen)
    program.do("apply")
    place = _wait_until_shown(screen, program, tmp_path, "dark")
    x, y = str(place[0] + place[2] // 2), str(place[1] + place[3] // 2)
    screen.mouse("mousemove", x, y, "click", "1")
    assert program.wait("activated")["place"] == place
    for steps, event in ((1, "activated"), (2, "refresh"), (3, "settings"), (4, "quit")):
        # Never twice at one place: that could be a double click.
        screen.mouse("mousemove", str(place[0] + (4 if steps % 2 else 18)), y, "click", "3")
        program.until("state", lambda state: bool(state["menu"]))
        beside = (place[0] + 40, place[1] - 20)
        assert screen.look(tmp_path / "menu.png").pixelColor(*beside) != QColor("black"), "no menu is seen"
        screen.mouse("key", *["Down"] * steps, "Return")
        program.wait(event)
        program.until("state", lambda state: not state["menu"])
    assert program.close() == 0
    assert program.complaints == []


def test_icon_at_twice_the_scale(screen: Screen, tmp_path: Path) -> None:
    screen.start_tray()
    program = Program(screen, QT_SCALE_FACTOR="2")
    program.do("apply")
    deadline = time.monotonic() + 30
    while not _shows_doubled(screen.look(tmp_path / "screen.png"), program.do("state")["place"]):
        assert time.monotonic() < deadline, "the icon is not drawn in device pixels"
        time.sleep(0.1)
    assert program.close() == 0


def _shows_doubled(image: QImage, place: list[int] | None) -> bool:
    if place is None:
        return False
    # The tray lies on an odd row, which logical coordinates cannot say.
    near = [[2 * place[0], 2 * place[1] - up, 2 * place[2], 2 * place[3]] for up in (0, 1)]
    return any(_shows(image, there, "dark") for there in near)


def test_tray_that_comes_late_and_is_replaced(screen: Screen, tmp_path: Path) -> None:
    program = Program(screen, patience_ms=200)
    assert program.wait("started")["present"] is False
    program.wait("missing")
    program.do("apply")
    tray = screen.start_tray()
    _check_until(program, 1)
    _wait_until_shown(screen, program, tmp_path, "dark")
    tray.terminate()
    tray.wait(20)
    # The next tray may get the same window number, so its predecessor has to be missed first.
    program.do("check")
    screen.start_tray(LIGHT)
    _check_until(program, 2)
    _wait_until_shown(screen, program, tmp_path, "light")
    assert program.close() == 0
    assert program.complaints == []


def _check_until(program: Program, appeared: int) -> None:
    """Let the host look, instead of waiting for its half minute."""
    program.until("check", lambda _state: program.counts["appeared"] >= appeared)


def test_status_notifier_item(screen: Screen) -> None:
    """A panel that speaks D-Bus comes late, shows icon, tooltip and menu, is used, dies and comes back."""
    folder = Path(__file__).parent
    program = [sys.executable, "-W", "error", str(folder / "tray_process.py"), "200"]
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, str(folder / "tray_watcher.py"), *program],
        env={**screen.environment, "PYTHONPATH": str(folder.parents[1])},
        stdout=subprocess.PIPE,
        check=True,
        timeout=100,
    )
    found = json.loads(done.stdout)
    assert [size for size, _ in found["sizes"]] == [16, 18, 22, 24, 32, 36, 44, 48, 64]
    icon = paint_image(IconSpec("pair", 72, 41, badge="dot", ground="light"), 16)
    network_order = icon.convertToFormat(QImage.Format.Format_ARGB32)
    words = [network_order.pixel(x, y) for y in range(16) for x in range(16)]
    assert found["smallest"] == "".join(f"{word:08x}" for word in words)
    assert found["tooltip"] == "Alpha & Co: 72% left · resets in 2h 14m\nBeta: 41% left"
    assert found["menu"] == [
        ["Open CodexBar", True],
        ["Alpha _& Co: 72% left · resets in 2h 14m", False],  # how Qt hands "&&" to D-Bus menus
        ["Beta: 41% left", False],
        *([name, True] for name in ("Refresh", "Settings…", "Quit")),
    ]
    names = [event["event"] for event in found["events"] if event["event"] != "state"]
    # A watcher that is replaced in no time was never away, so it does not appear again.
    assert names[:6] == ["started", "missing", "appeared", "activated", "activated", "refresh"]
    assert names[6:] in ([], ["appeared"])
    assert all(event["place"] is None for event in found["events"] if event["event"] == "activated")
    assert len(found["registered_again"]) == 1
    assert found["exit"] == 0
