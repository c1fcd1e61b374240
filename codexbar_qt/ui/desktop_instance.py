"""One app per user and config file: a later start hands its wish to the first one."""

from __future__ import annotations

import logging
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

Wish = Literal["open", "toggle", "settings", "quit"]
_WISHES: Final = frozenset(get_args(Wish))
_ANSWER: Final = b"ok\n"
_LONGEST_WISH = 16
"""Bytes; the socket buffers no more of what a stranger sends."""
_MOST_CALLERS = 8
_CONNECT_MS, _CLAIM_MS = 200, 900
_END_MS, _LOOK_MS = 15_000, 100
_PATIENCE_MS = 1000


class Claim(Enum):
    """What came of asking to be the only one."""

    FIRST = "first"
    HANDED_OVER = "handed over"
    NO_ANSWER = "no answer"


class SingleInstance(QObject):
    """Holds the place of the only instance; `wished` carries what later starts want.

    `address` is a socket path (Linux, macOS) or a pipe name (Windows). A path needs a folder that only this user can
    write to; "" means that there is none, and every start is then the first.
    """

    wished = Signal(str)

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self._server: QLocalServer | None = None
        self._callers: set[QLocalSocket] = set()

    def claim(self, wish: Wish = "open") -> Claim:
        """Become the first, or hand `wish` to the one that is; blocks for less than a second, before any event loop.

        `NO_ANSWER`: another one runs but did not react in that time; it still finds the wish when it does.
        """
        if not self._address:
            return Claim.FIRST
        deadline = QDeadlineTimer(_CLAIM_MS)
        # Two starts at once must not both find nobody there. The lock is held only while asking.
        lock = QLockFile(f"{self._address}.lock") if Path(self._address).is_absolute() else None
        if lock is not None:
            lock.tryLock(_CONNECT_MS)
        try:
            outcome = _hand_over(self._address, wish, deadline)
            if outcome is None:
                self._listen()
                return Claim.FIRST
            return outcome
        finally:
            if lock is not None:
                lock.unlock()

    def close(self) -> None:
        """Give up the place."""
        for caller in tuple(self._callers):
            caller.abort()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _listen(self) -> None:
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.setMaxPendingConnections(_MOST_CALLERS)
        # Nobody answered there, so what is left of the socket is of an app that died.
        QLocalServer.removeServer(self._address)
        server.newConnection.connect(self._take_callers)
        if server.listen(self._address):
            self._server = server
        else:
            _log.warning("later starts cannot reach this one: %s", server.errorString())

    def _take_callers(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            if len(self._callers) >= _MOST_CALLERS:
                caller.abort()
                caller.deleteLater()
                continue
            _Conversation(caller, self._callers, self.wished.emit)


class _Conversation(QObject):
    """One caller: a line within a second, an answer, the end. It belongs to its socket and goes with it."""

    def __init__(self, caller: QLocalSocket, callers: set[QLocalSocket], wished: Callable[[str], None]) -> None:
        super().__init__(caller)
        self._caller, self._callers, self._wished = caller, callers, wished
        callers.add(caller)
        caller.setReadBufferSize(_LONGEST_WISH)
        caller.readyRead.connect(self._read)
        caller.disconnected.connect(self._end)
        self.startTimer(_PATIENCE_MS)
        self._read()

    def timerEvent(self, event: object) -> None:
        self._caller.abort()

    def _read(self) -> None:
        if not self._caller.canReadLine():
            if self._caller.bytesAvailable() >= _LONGEST_WISH:
                self._caller.abort()
            return
        wish = bytes(self._caller.readLine(_LONGEST_WISH).data()).decode("ascii", "replace").strip()
        if wish in _WISHES:
            self._caller.write(_ANSWER)
            self._caller.flush()
            self._wished(wish)
        self._caller.disconnectFromServer()

    def _end(self) -> None:
        self._callers.discard(self._caller)
        self._caller.deleteLater()


def end_running(address: str, patience_ms: int = _END_MS) -> bool:
    """Ask the app at `address` to quit and wait until it listens no longer; return whether that came true in time.

    Blocks for up to `patience_ms`. Nobody there is as good as ended.
    """
    deadline = QDeadlineTimer(patience_ms)
    while address and _hand_over(address, "quit", QDeadlineTimer(_CLAIM_MS)) is not None:
        if deadline.hasExpired():
            return False
        QThread.msleep(_LOOK_MS)
    return True


def _hand_over(address: str, wish: Wish, deadline: QDeadlineTimer) -> Claim | None:
    """Return None when nobody listens at `address`."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(_CONNECT_MS):
        return None
    socket.write(f"{wish}\n".encode("ascii"))
    socket.flush()
    answer = b""
    while not answer.endswith(b"\n") and len(answer) < _LONGEST_WISH:
        if not socket.waitForReadyRead(max(0, deadline.remainingTime())):
            break
        answer += bytes(socket.readAll().data())
    socket.abort()
    return Claim.HANDED_OVER if answer == _ANSWER else Claim.NO_ANSWER
