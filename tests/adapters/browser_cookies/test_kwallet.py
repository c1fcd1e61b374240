"""KDE's wallet, played message by message."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.kwallet import WalletPasswords
from codexbar_qt.adapters.browser_cookies.session_bus import BusError

jeepney = pytest.importorskip("jeepney", reason="Linux only")

CHROME, EDGE = BY_ID["chrome"], BY_ID["edge"]


@dataclass
class FakeBus:
    """A session bus with wallet services of some versions."""

    entries: dict[tuple[str, str], str]
    versions: tuple[str, ...] = ("6",)
    is_open: bool = True
    refuses: bool = False
    failing: str = ""
    calls: list[tuple[str, ...]] = field(default_factory=list)
    closed: bool = False

    def send_and_get_reply(self, message: Any, *, timeout: float | None = None) -> Any:
        fields = message.header.fields
        member, name = fields[jeepney.HeaderFields.member], fields[jeepney.HeaderFields.destination]
        self.calls.append((name, fields[jeepney.HeaderFields.path], member))
        message.serialise(serial=1)  # signature and values fit each other
        if member == self.failing:
            raise TimeoutError
        if name == "org.freedesktop.DBus":
            names = [f"org.kde.kwalletd{version}" for version in self.versions]
            return Reply((False,) if member == "NameHasOwner" else (names,))
        answer = getattr(self, f"on_{member}", None)
        return Reply((), is_error=True) if answer is None else Reply((answer(*message.body),))

    def on_networkWallet(self) -> str:
        return "kdewallet"

    def on_keyDoesNotExist(self, wallet: str, folder: str, entry: str) -> bool:
        assert wallet == "kdewallet"
        return (folder, entry) not in self.entries

    def on_isOpen(self, _wallet: str) -> bool:
        return self.is_open

    def on_open(self, _wallet: str, _window: int, application: str) -> int:
        assert application == "CodexBar"
        return -1 if self.refuses else 42

    def on_readPassword(self, handle: int, folder: str, entry: str, _application: str) -> str:
        assert handle == 42
        return self.entries[folder, entry]

    def on_close(self, handle: int, _force: bool, _application: str) -> int:
        assert handle == 42
        return 0

    def close(self) -> None:
        self.closed = True

    def members(self) -> list[str]:
        return [member for name, _, member in self.calls if name.startswith("org.kde")]


class Reply:
    """A message of the bus."""

    def __init__(self, body: tuple[Any, ...], *, is_error: bool = False) -> None:
        self.body = body
        self.header = self
        self.message_type = jeepney.MessageType.error if is_error else jeepney.MessageType.method_return
        self.fields = {jeepney.HeaderFields.error_name: "org.kde.Error"}


ENTRY = {("Chrome Keys", "Chrome Safe Storage"): "test-password-1"}


def find(
    bus: FakeBus, browser: Any = CHROME, *, interactive: bool = False, settings: Path = Path("none")
) -> tuple[str, list[bytes]]:
    lookup = WalletPasswords(settings, lambda: bus).find(browser, interactive=interactive)
    assert bus.closed
    return lookup.state, [one.password for one in lookup.passwords]


def test_an_open_wallet() -> None:
    bus = FakeBus(ENTRY)
    assert find(bus) == ("found", [b"test-password-1"])
    assert bus.members()[-1] == "close"
    assert {path for name, path, _ in bus.calls if name == "org.kde.kwalletd6"} == {"/modules/kwalletd6"}
    lookup = WalletPasswords(Path("none"), lambda: bus).find(CHROME, interactive=False)
    assert [one.item for one in lookup.passwords] == ["KWallet: Chrome Safe Storage"]


def test_edge_uses_the_entry_of_chromium() -> None:
    bus = FakeBus({("Chromium Keys", "Chromium Safe Storage"): "shared"})
    assert find(bus, EDGE) == ("found", [b"shared"])


def test_version_5_where_6_is_not_there_or_has_nothing() -> None:
    bus = FakeBus(ENTRY, versions=("5",))
    assert find(bus) == ("found", [b"test-password-1"])
    assert ("org.kde.kwalletd5", "/modules/kwalletd5", "readPassword") in bus.calls
    assert not any(name == "org.kde.kwalletd6" for name, _, _ in bus.calls)
    empty = FakeBus({}, versions=("6", "5"))
    assert find(empty) == ("missing", [])
    assert {name for name, _, _ in empty.calls if name.startswith("org.kde")} == {
        "org.kde.kwalletd6",
        "org.kde.kwalletd5",
    }


@pytest.mark.parametrize("interactive", [False, True])
def test_no_dialog_for_an_entry_that_is_not_there(interactive: bool) -> None:
    bus = FakeBus({}, is_open=False)
    assert find(bus, interactive=interactive) == ("missing", [])
    assert "open" not in bus.members()


def test_a_closed_wallet_is_opened_only_when_people_ask_for_it() -> None:
    bus = FakeBus(ENTRY, is_open=False)
    assert find(bus) == ("locked", [])
    assert "open" not in bus.members()
    assert find(bus, interactive=True) == ("found", [b"test-password-1"])
    assert find(FakeBus(ENTRY, is_open=False, refuses=True), interactive=True) == ("denied", [])


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ("[Wallet]\nPrompt on Open=true\n", "locked"),
        ("[Wallet]\nPrompt on Open=true\n\n[Auto Allow]\nkdewallet=Chrome,CodexBar\n", "found"),
        ("[Wallet]\nPrompt on Open=true\n\n[Auto Allow]\nkdewallet=Chrome\nother=CodexBar\n", "locked"),
        ("[Wallet]\nPrompt on Open=false\n", "found"),
        ("not an ini", "found"),
    ],
)
def test_people_may_want_to_be_asked_per_application(tmp_path: Path, settings: str, state: str) -> None:
    (tmp_path / "kwalletrc").write_text(settings)
    bus = FakeBus(ENTRY)
    assert find(bus, settings=tmp_path / "kwalletrc")[0] == state
    assert ("open" in bus.members()) is (state == "found")


def test_an_empty_entry_is_none() -> None:
    bus = FakeBus({("Chrome Keys", "Chrome Safe Storage"): ""})
    assert find(bus) == ("missing", [])
    assert bus.members()[-1] == "close"


@pytest.mark.parametrize("failing", ["networkWallet", "keyDoesNotExist", "open", "readPassword", "NameHasOwner"])
def test_a_service_that_does_not_answer(failing: str) -> None:
    bus = FakeBus(ENTRY, failing=failing)
    assert find(bus) == ("unavailable", [])
    assert ("close" in bus.members()) is (failing == "readPassword")


def test_closing_may_fail() -> None:
    assert find(FakeBus(ENTRY, failing="close")) == ("found", [b"test-password-1"])


def test_no_service_and_no_bus() -> None:
    assert find(FakeBus(ENTRY, versions=())) == ("unavailable", [])

    def refuse() -> Any:
        raise BusError("none")

    assert WalletPasswords(Path("none"), refuse).find(CHROME, interactive=True).state == "unavailable"
