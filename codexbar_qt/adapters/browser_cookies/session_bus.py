"""A connection to the D-Bus session bus on which no call waits for ever."""

from __future__ import annotations

from typing import Any

CALL_SECONDS = 10.0
DIALOG_SECONDS = 120.0


BusConnection = Any
"""jeepney's blocking connection, which has no types."""


class BusError(Exception):
    """No session bus, no such service, or no answer in time."""


def open_session_bus(address: str = "SESSION") -> BusConnection:
    """Connect; a call without an own limit gives up after 10 s with TimeoutError. Raises BusError."""
    from jeepney.bus import get_bus  # type: ignore[import-untyped]  # jeepney ships no types
    from jeepney.io.blocking import DBusConnection, prep_socket  # type: ignore[import-untyped]  # as above

    class LimitedConnection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
        def send_and_get_reply(self, message: Any, *, timeout: float | None = None) -> Any:
            return super().send_and_get_reply(message, timeout=CALL_SECONDS if timeout is None else timeout)

    try:
        connection: BusConnection = LimitedConnection(prep_socket(get_bus(address)))
    except (OSError, KeyError, ValueError, RuntimeError, StopIteration) as problem:
        raise BusError(type(problem).__name__) from None
    return connection


def call(
    connection: BusConnection,
    where: tuple[str, str, str],
    method: str,
    signature: str = "",
    body: tuple[object, ...] = (),
    *,
    timeout: float = CALL_SECONDS,
) -> tuple[Any, ...]:
    """Call a method of (bus name, path, interface) and return what it answers. Raises BusError."""
    from jeepney import DBusAddress, DBusErrorResponse, MessageType, new_method_call  # type: ignore[import-untyped]  # as above

    name, path, interface = where
    address = DBusAddress(path, bus_name=name, interface=interface)
    try:
        reply = connection.send_and_get_reply(
            new_method_call(address, method, signature or None, body), timeout=timeout
        )
        if reply.header.message_type == MessageType.error:
            raise DBusErrorResponse(reply)
    except (OSError, ValueError, RuntimeError, DBusErrorResponse) as problem:
        raise BusError(type(problem).__name__) from None
    return tuple(reply.body)


def is_offered(connection: BusConnection, name: str) -> bool:
    """Whether a service runs or would be started when called. Raises BusError."""
    bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
    if call(connection, bus, "NameHasOwner", "s", (name,))[0]:
        return True
    return name in call(connection, bus, "ListActivatableNames")[0]
