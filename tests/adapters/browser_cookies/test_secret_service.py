"""The Secret Service, spoken to through the real client library; the service itself is played message by message."""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest

from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.secret_service import SCHEMAS, SecretServicePasswords
from codexbar_qt.adapters.browser_cookies.session_bus import BusError, open_session_bus

jeepney = pytest.importorskip("jeepney", reason="Linux only")

CHROME, EDGE = BY_ID["chrome"], BY_ID["edge"]
V2, V1 = SCHEMAS


@dataclass
class StoredItem:
    label: str
    secret: bytes
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeBus:
    """A session bus with a Secret Service of some collections."""

    collections: dict[str, list[StoredItem]]
    locked: set[str] = field(default_factory=set)
    dismisses: bool = False
    never_answers_prompt: bool = False
    hides_locked: bool = False
    is_running: bool = True
    failing: str = ""
    calls: list[str] = field(default_factory=list)
    closed: bool = False

    def items(self) -> dict[str, tuple[str, StoredItem]]:
        return {
            f"/items/{name}/{number}": (name, item)
            for name, items in self.collections.items()
            for number, item in enumerate(items)
        }

    def send_and_get_reply(self, message: Any, *, timeout: float | None = None) -> Any:
        fields = message.header.fields
        member, path = fields[jeepney.HeaderFields.member], fields[jeepney.HeaderFields.path]
        self.calls.append(member if member != "Get" else f"Get {message.body[1]}")
        if member == self.failing:
            raise TimeoutError
        try:
            return Reply(getattr(self, f"on_{member}")(path, *message.body))
        except KeyError:
            return Reply(("no such object",), "org.freedesktop.DBus.Error.UnknownObject")
        except NotImplementedError:
            return Reply(("not supported",), "org.freedesktop.DBus.Error.NotSupported")

    def on_NameHasOwner(self, _path: str, _name: str) -> tuple[Any, ...]:
        return (self.is_running,)

    def on_ListActivatableNames(self, _path: str) -> tuple[Any, ...]:
        return ([],)

    def on_SearchItems(self, _path: str, wanted: dict[str, str]) -> tuple[Any, ...]:
        if not set(self.collections) - self.locked:
            self.calls.append("dialog of KeePassXC")
        found = [
            (path, name in self.locked)
            for path, (name, item) in self.items().items()
            if wanted.items() <= item.attributes.items() and not (self.hides_locked and name in self.locked)
        ]
        return [path for path, locked in found if not locked], [path for path, locked in found if locked]

    def on_Get(self, path: str, _interface: str, name: str) -> tuple[Any, ...]:
        if name == "Collections":
            return (("ao", [f"/collections/{one}" for one in self.collections]),)
        if path.startswith("/collections/"):
            own = path.removeprefix("/collections/")
            items = [one for one in self.items() if one.startswith(f"/items/{own}/")]
            return (("v", {"Locked": own in self.locked, "Items": items, "Label": own}[name]),)
        own, item = self.items()[path]
        return (("v", {"Locked": own in self.locked, "Label": item.label}[name]),)

    def on_OpenSession(self, _path: str, algorithm: str, _value: object) -> tuple[Any, ...]:
        if algorithm != "plain":
            raise NotImplementedError
        return ("s", ""), "/session/1"

    def on_GetSecret(self, path: str, session: str) -> tuple[Any, ...]:
        assert self.items()[path][0] not in self.locked
        return ((session, b"", self.items()[path][1].secret, "text/plain"),)

    def on_Unlock(self, _path: str, paths: list[str]) -> tuple[Any, ...]:
        self.wanted = paths
        return [], "/prompt/1"

    def on_Prompt(self, _path: str, _window: str) -> tuple[Any, ...]:
        return ()

    @contextlib.contextmanager
    def filter(self, _rule: object) -> Any:
        yield deque()

    def recv_until_filtered(self, _queue: object, *, timeout: float | None = None) -> Any:
        assert timeout is not None
        if self.never_answers_prompt:
            raise TimeoutError
        if not self.dismisses:
            self.locked -= {path.split("/")[2] for path in self.wanted}
        return Reply((self.dismisses, ("ao", self.wanted)))

    def close(self) -> None:
        self.closed = True


class Reply:
    """A message of the bus."""

    def __init__(self, body: tuple[Any, ...], error: str = "") -> None:
        self.body = body
        self.header = self
        self.message_type = jeepney.MessageType.error if error else jeepney.MessageType.method_return
        self.fields = {jeepney.HeaderFields.error_name: error}


def item(application: str, secret: bytes = b"test-password-1", schema: str = V2) -> StoredItem:
    return StoredItem("Chrome Safe Storage", secret, {"xdg:schema": schema, "application": application, "more": "x"})


def find(bus: FakeBus, browser: Any = CHROME, *, interactive: bool = False) -> tuple[str, list[bytes]]:
    lookup = SecretServicePasswords(lambda: bus).find(browser, interactive=interactive)
    assert bus.closed
    return lookup.state, [one.password for one in lookup.passwords]


def test_by_attributes_in_any_collection() -> None:
    bus = FakeBus({"login": [StoredItem("Other", b"o")], "browser": [item("chromium", b"c"), item("chrome")]})
    assert find(bus) == ("found", [b"test-password-1"])
    lookup = SecretServicePasswords(lambda: bus).find(CHROME, interactive=False)
    assert [one.item for one in lookup.passwords] == ["Secret Service: Chrome Safe Storage"]


def test_the_newer_schema_comes_first_and_nothing_twice() -> None:
    bus = FakeBus({"login": [item("chrome", b"old", V1), item("chrome", b"new"), item("chrome", b"new", V1)]})
    assert find(bus) == ("found", [b"new", b"old"])


def test_edge_tries_its_own_name_first() -> None:
    bus = FakeBus({"login": [item("chromium", b"shared"), item("msedge", b"own")]})
    assert find(bus, EDGE) == ("found", [b"own", b"shared"])


def test_by_label_where_attributes_say_nothing() -> None:
    bus = FakeBus(
        {"login": [StoredItem("Brave Safe Storage", b"b"), StoredItem("Chrome Safe Storage", b"test-password-1")]}
    )
    assert find(bus) == ("found", [b"test-password-1"])
    with_attributes = FakeBus(
        {"login": [StoredItem("Chrome Safe Storage", b"by label"), item("chrome", b"by attributes")]}
    )
    assert find(with_attributes) == ("found", [b"by attributes"])


def test_missing() -> None:
    assert find(
        FakeBus({"login": [StoredItem("Brave Safe Storage", b"b", {"application": "brave"})], "session": []})
    ) == ("missing", [])
    assert find(FakeBus({})) == ("missing", [])


@pytest.mark.parametrize("hides_locked", [False, True])
def test_locked_is_not_unlocked_in_the_background(hides_locked: bool) -> None:
    bus = FakeBus({"session": [], "login": [item("chrome")]}, locked={"login"}, hides_locked=hides_locked)
    assert find(bus) == ("locked", [])
    assert not {"Unlock", "Prompt", "GetSecret"} & set(bus.calls)


def test_nothing_is_searched_while_all_is_locked() -> None:
    """KeePassXC asks for the password of a database when a program searches and all of them are closed."""
    bus = FakeBus({"work": [item("chrome")], "home": []}, locked={"work", "home"}, hides_locked=True)
    assert find(bus) == ("locked", [])
    assert "SearchItems" not in bus.calls
    assert find(FakeBus({})) == ("missing", [])
    assert find(bus, interactive=True) == ("found", [b"test-password-1"])
    assert bus.calls.count("Prompt") == 1
    assert "dialog of KeePassXC" not in bus.calls


def test_people_see_one_dialog_and_no_second() -> None:
    bus = FakeBus({"work": [], "home": [item("chrome")]}, locked={"work", "home"})
    assert find(bus, interactive=True) == ("locked", [])
    assert bus.calls.count("Prompt") == 1


@pytest.mark.parametrize("hides_locked", [False, True])
def test_locked_is_unlocked_when_people_ask_for_it(hides_locked: bool) -> None:
    bus = FakeBus({"login": [item("chrome")]}, locked={"login"}, hides_locked=hides_locked)
    assert find(bus, interactive=True) == ("found", [b"test-password-1"])
    assert bus.calls.count("Prompt") == 1


def test_an_open_item_needs_no_dialog() -> None:
    bus = FakeBus({"login": [item("chrome", b"locked")], "other": [item("chrome", b"open")]}, locked={"login"})
    assert find(bus, interactive=True) == ("found", [b"open"])
    assert "Prompt" not in bus.calls


def test_a_dialog_that_is_dismissed_or_ignored() -> None:
    assert find(FakeBus({"login": [item("chrome")]}, locked={"login"}, dismisses=True), interactive=True) == (
        "denied",
        [],
    )
    bus = FakeBus({"login": [item("chrome")]}, locked={"login"}, never_answers_prompt=True)
    assert find(bus, interactive=True) == ("locked", [])


def test_unlocked_but_not_there() -> None:
    bus = FakeBus(
        {"login": [StoredItem("Brave Safe Storage", b"b", {"application": "brave"})]},
        locked={"login"},
        hides_locked=True,
    )
    assert find(bus, interactive=True) == ("missing", [])


@pytest.mark.parametrize("failing", ["NameHasOwner", "SearchItems", "GetSecret", "Get"])
def test_a_service_that_does_not_answer(failing: str) -> None:
    assert find(FakeBus({"login": [item("chrome")]}, failing=failing)) == ("unavailable", [])


def test_no_service_and_no_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find(FakeBus({}, is_running=False)) == ("unavailable", [])
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert SecretServicePasswords().find(CHROME, interactive=False).state == "unavailable"


@pytest.mark.skipif("sys.platform == 'win32'", reason="no Unix sockets")
@pytest.mark.parametrize("address", ["", "nonsense", "tcp:host=localhost", "unix:path=/no/such/bus"])
def test_addresses_that_lead_nowhere(address: str) -> None:
    with pytest.raises(BusError):
        open_session_bus(address)
