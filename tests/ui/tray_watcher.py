"""A StatusNotifierItem host for the desktop tests: it hosts the icon of tray_process.py and uses it as a panel would.

Arguments: the command of the program to start. It needs a session bus of its own. Prints one JSON object and ends.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import threading
import time
from typing import Any

# Untyped, and installed on Linux only (keyring brings it along).
jeepney = importlib.import_module("jeepney")
blocking = importlib.import_module("jeepney.io.blocking")
bus_names = importlib.import_module("jeepney.bus_messages")

WATCHER = "org.kde.StatusNotifierWatcher"
LIMIT = 30


class Watcher:
    """Owns the name of the watcher for a while and notes which items register."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.bus = blocking.open_dbus_connection("SESSION")
        blocking.Proxy(bus_names.DBus(), self.bus).RequestName(WATCHER)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                call = self.bus.receive()
            except OSError:
                return
            if call.header.message_type is not jeepney.MessageType.method_call:
                continue
            member = call.header.fields.get(jeepney.HeaderFields.member)
            if member == "RegisterStatusNotifierItem":
                self.items.append(call.body[0])
                self.bus.send(jeepney.new_method_return(call))
            elif member == "Get":
                values = {"IsStatusNotifierHostRegistered": ("b", True), "ProtocolVersion": ("i", 0)}
                self.bus.send(jeepney.new_method_return(call, "v", (values[call.body[1]],)))
            else:
                self.bus.send(jeepney.new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))

    def wait(self) -> str:
        deadline = time.monotonic() + LIMIT
        while not self.items:
            assert time.monotonic() < deadline, "no item has registered"
            time.sleep(0.01)
        return self.items[-1]

    def leave(self) -> None:
        """Vanish from the bus, as a panel that crashed."""
        self.bus.close()


def ask(bus: Any, item: str, name: str) -> Any:
    address = jeepney.DBusAddress("/StatusNotifierItem", item, "org.kde.StatusNotifierItem")
    return bus.send_and_get_reply(jeepney.Properties(address).get(name), timeout=LIMIT).body[0][1]


def call(bus: Any, item: str, name: str, signature: str, body: tuple[object, ...]) -> Any:
    address = jeepney.DBusAddress("/StatusNotifierItem", item, "org.kde.StatusNotifierItem")
    return bus.send_and_get_reply(jeepney.new_method_call(address, name, signature, body), timeout=LIMIT).body


def menu(bus: Any, item: str) -> list[tuple[int, str, bool]]:
    address = jeepney.DBusAddress(ask(bus, item, "Menu"), item, "com.canonical.dbusmenu")
    message = jeepney.new_method_call(address, "GetLayout", "iias", (0, -1, []))
    children = bus.send_and_get_reply(message, timeout=LIMIT).body[1][2]
    rows = [(child[1][0], {key: value[1] for key, value in child[1][1].items()}) for child in children]
    return [
        (number, row.get("label", ""), row.get("enabled", True))
        for number, row in rows
        if row.get("visible", True) and row.get("type") != "separator"
    ]


def choose(bus: Any, item: str, number: int) -> None:
    address = jeepney.DBusAddress(ask(bus, item, "Menu"), item, "com.canonical.dbusmenu")
    event = (number, "clicked", ("i", 0), 0)
    bus.send_and_get_reply(jeepney.new_method_call(address, "Event", "isvu", event), timeout=LIMIT)


def main() -> None:
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdin is not None and program.stdout is not None
    events: list[dict[str, Any]] = []

    def wait(name: str) -> None:
        for line in program.stdout or ():
            events.append(json.loads(line))
            if events[-1]["event"] == name:
                return

    def do(command: str) -> None:
        print(command, file=program.stdin, flush=True)
        wait("state")

    wait("started")
    wait("missing")
    watcher = Watcher()
    item = watcher.wait()
    wait("appeared")
    client = blocking.open_dbus_connection("SESSION")
    do("apply")
    found = {
        "sizes": sorted([width, height] for width, height, _ in ask(client, item, "IconPixmap")),
        "smallest": min(ask(client, item, "IconPixmap"))[2].hex(),
        "tooltip": ask(client, item, "ToolTip")[2],
        "status": ask(client, item, "Status"),
        "menu": [[label, enabled] for _, label, enabled in menu(client, item)],
    }
    call(client, item, "Activate", "ii", (100, 100))
    wait("activated")
    for number, label, _ in menu(client, item):
        if label in ("Open CodexBar", "Refresh"):
            choose(client, item, number)
    wait("refresh")
    watcher.leave()
    again = Watcher()
    again.wait()
    do("state")
    program.stdin.close()
    wait("end")
    found |= {"events": events, "exit": program.wait(LIMIT), "registered_again": sorted(set(again.items))}
    print(json.dumps(found))


main()
