"""D-Bus through Qt, bounded: what the tray, sleep and power need of it. Without a bus every answer is "unknown"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT
from PySide6.QtDBus import (
    QDBus,
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusServiceWatcher,
    QDBusVariant,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

_BLOCKING_MS = 250
_ASYNC_MS = 1000

_DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
_PROPERTIES = "org.freedesktop.DBus.Properties"


def session_bus() -> QDBusConnection | None:
    """Return the bus of the session, None when there is none."""
    bus = QDBusConnection.sessionBus()
    return bus if bus.isConnected() else None


def system_bus() -> QDBusConnection | None:
    """Return the bus of the machine, None when there is none."""
    bus = QDBusConnection.systemBus()
    return bus if bus.isConnected() else None


def has_owner(bus: QDBusConnection, service: str) -> bool:
    """Return whether somebody provides `service`. The bus itself answers; waits 250 ms at most."""
    message = QDBusMessage.createMethodCall(*_DBUS, "NameHasOwner")
    message.setArguments([service])
    return _first(bus.call(message, QDBus.CallMode.Block, _BLOCKING_MS)) is True


def watch_owner(bus: QDBusConnection, service: str, changed: Callable[[], None], parent: QObject) -> QObject:
    """Call `changed` whenever the owner of `service` comes, goes or is replaced, as long as the result lives."""
    watcher = QDBusServiceWatcher(service, bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, parent)
    watcher.serviceOwnerChanged.connect(lambda *_: changed())
    return watcher


def listen(bus: QDBusConnection, where: tuple[str, str, str, str], receiver: QObject, slot: str) -> bool:
    """Connect a D-Bus signal (service, path, interface, name) to a slot, written as `name(bool)`."""
    # The stub wants bytes; PySide 6.11 takes only the text that its SLOT() makes.
    return bool(bus.connect(*where, receiver, SLOT(slot)))  # type: ignore[call-overload]  # see above


async def read_property(bus: QDBusConnection, service: str, path: str, interface: str, name: str) -> Any:
    """Return a property, None when it cannot be read within a second."""
    import asyncio  # not before the icon is on screen

    message = QDBusMessage.createMethodCall(service, path, _PROPERTIES, "Get")
    message.setArguments([interface, name])
    message.setAutoStartService(False)
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message, _ASYNC_MS))

    def finish(done: QDBusPendingCallWatcher) -> None:
        if not answer.done():
            answer.set_result(None if done.isError() else _first(done.reply()))

    watcher.finished.connect(finish)
    if watcher.isFinished():
        finish(watcher)
    return await answer


def _first(reply: QDBusMessage) -> Any:
    if reply.type() is not QDBusMessage.MessageType.ReplyMessage:
        return None
    arguments: list[Any] = reply.arguments()
    value = arguments[0] if arguments else None
    return value.variant() if isinstance(value, QDBusVariant) else value
