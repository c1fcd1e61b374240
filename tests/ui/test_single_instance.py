"""One instance per address: found by real processes, threads and strangers."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.ui.desktop_instance import Claim, SingleInstance, Wish, end_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

SECOND = """
import sys
from PySide6.QtCore import QCoreApplication
from codexbar_qt.ui.desktop_instance import SingleInstance
app = QCoreApplication([])
print(SingleInstance(sys.argv[1]).claim(sys.argv[2]).name, flush=True)
"""


@pytest.fixture
def address(runtime_dir: Path) -> str:
    return str(runtime_dir / "codexbar-qt-0123456789abcdef.sock")


@pytest.fixture
def first(qtbot: QtBot, address: str) -> Iterator[SingleInstance]:
    instance = SingleInstance(address)
    assert instance.claim() is Claim.FIRST
    yield instance
    instance.close()


def in_thread(work: Callable[[], object], qtbot: QtBot) -> object:
    """Run something that blocks while the event loop of the first instance turns."""
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=60_000)
    return results[0]


def start_second(address: str, wish: Wish = "open") -> str:
    """Start another process (Qt keeps Python's lock while it waits, so a thread would not do)."""
    command = [sys.executable, "-c", SECOND, address, wish]
    folder = Path(__file__).parents[2]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


@pytest.mark.parametrize("wish", ["open", "toggle", "settings", "quit"])
def test_second_hands_its_wish_over(first: SingleInstance, address: str, qtbot: QtBot, wish: Wish) -> None:
    wishes: list[str] = []
    first.wished.connect(wishes.append)
    assert in_thread(lambda: start_second(address, wish), qtbot) == "HANDED_OVER"
    assert wishes == [wish]


def test_several_at_once_all_get_through(first: SingleInstance, address: str, qtbot: QtBot) -> None:
    wishes: list[str] = []
    first.wished.connect(wishes.append)
    claims: list[str] = []
    threads = [threading.Thread(target=lambda: claims.append(start_second(address))) for _ in range(3)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: not any(thread.is_alive() for thread in threads), timeout=60_000)
    assert claims == ["HANDED_OVER"] * 3
    assert wishes == ["open"] * 3


def test_nobody_to_end_is_as_good_as_ended(address: str, qtbot: QtBot) -> None:
    assert end_running(address)
    assert end_running("")
    assert not Path(address).exists()


def test_one_that_does_not_end_is_reported(first: SingleInstance, address: str, qtbot: QtBot) -> None:
    assert not end_running(address, patience_ms=0)


def test_first_that_does_not_react_is_reported(first: SingleInstance, address: str, qtbot: QtBot) -> None:
    """Same thread: nobody turns the event loop of the first one while the second asks."""
    assert SingleInstance(address).claim("toggle") is Claim.NO_ANSWER
    with qtbot.waitSignal(first.wished) as blocker:
        pass
    assert blocker.args == ["toggle"]


def test_socket_of_a_killed_instance_is_replaced(address: str, qtbot: QtBot, repo_root: Path) -> None:
    code = (
        "import sys, time\nfrom PySide6.QtCore import QCoreApplication\n"
        "from codexbar_qt.ui.desktop_instance import SingleInstance\napp = QCoreApplication([])\n"
        "one = SingleInstance(sys.argv[1])\nprint(one.claim().name, flush=True)\ntime.sleep(600)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, address], cwd=repo_root, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder.stdout as output:
        assert output.readline().strip() == "FIRST"
        holder.send_signal(signal.SIGKILL)
        holder.wait(20)
    assert Path(address).exists()
    instance = SingleInstance(address)
    assert instance.claim() is Claim.FIRST
    wishes: list[str] = []
    instance.wished.connect(wishes.append)
    assert in_thread(lambda: start_second(address), qtbot) == "HANDED_OVER"
    assert wishes == ["open"]
    instance.close()


def test_place_is_free_again_after_close(first: SingleInstance, address: str) -> None:
    first.close()
    second = SingleInstance(address)
    assert second.claim() is Claim.FIRST
    second.close()


def test_only_this_user_reaches_the_socket(first: SingleInstance, address: str) -> None:
    assert Path(address).stat().st_mode & 0o077 == 0


def test_without_a_place_the_app_still_starts(
    runtime_dir: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    instance = SingleInstance(str(runtime_dir / "missing" / "place.sock"))
    assert instance.claim() is Claim.FIRST
    assert "later starts cannot reach this one" in caplog.text
    instance.close()


@pytest.mark.parametrize("sent", [b"explode\n", b"open" * 1000, b"\xff\xfe\n", b"open\0\n", b"\n"])
def test_nonsense_is_refused(first: SingleInstance, address: str, qtbot: QtBot, sent: bytes) -> None:
    def talk() -> bytes:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(20)
            caller.connect(address)
            try:
                caller.sendall(sent)
                return caller.recv(100)
            except (BrokenPipeError, ConnectionResetError):
                return b""

    with qtbot.assertNotEmitted(first.wished):
        assert in_thread(talk, qtbot) == b""


def test_silent_callers_are_sent_away(first: SingleInstance, address: str, qtbot: QtBot) -> None:
    callers = [socket.socket(socket.AF_UNIX) for _ in range(12)]
    for caller in callers:
        caller.settimeout(20)
        caller.connect(address)

    def answers() -> list[bytes]:
        return [_read(caller) for caller in callers]

    assert in_thread(answers, qtbot) == [b""] * 12
    assert in_thread(lambda: start_second(address), qtbot) == "HANDED_OVER"
    for caller in callers:
        caller.close()


def _read(caller: socket.socket) -> bytes:
    try:
        return caller.recv(100)
    except ConnectionResetError:
        return b""


def test_other_addresses_are_other_apps(first: SingleInstance, runtime_dir: Path) -> None:
    other = SingleInstance(str(runtime_dir / "codexbar-qt-fedcba9876543210.sock"))
    assert other.claim() is Claim.FIRST
    other.close()


def test_two_starts_at_once_have_one_winner(address: str, repo_root: Path) -> None:
    code = (
        "import sys\nfrom PySide6.QtCore import QCoreApplication, QTimer\n"
        "from codexbar_qt.ui.desktop_instance import SingleInstance\napp = QCoreApplication([])\n"
        "one = SingleInstance(sys.argv[1])\nclaim = one.claim()\nprint(claim.name, flush=True)\n"
        "if claim.name == 'FIRST':\n    one.wished.connect(app.quit)\n"
        "    QTimer.singleShot(30000, app.quit)\n    app.exec()\n"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", code, address], cwd=repo_root, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sorted(start.communicate(timeout=60)[0].strip() for start in starts) == ["FIRST", "HANDED_OVER"]


def test_without_an_address_every_start_is_the_first(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    instances = [SingleInstance(""), SingleInstance("")]
    assert [instance.claim() for instance in instances] == [Claim.FIRST, Claim.FIRST]
    assert caplog.text == ""
