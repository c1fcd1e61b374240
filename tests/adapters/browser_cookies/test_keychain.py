"""The macOS Keychain and application lookup: the policy with a scripted Keychain, the calls with played frameworks."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from codexbar_qt.adapters.browser_cookies.browser import KeychainItem
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.keychain import KeychainPasswords
from codexbar_qt.adapters.browser_cookies.mac_frameworks import KeychainQuery, RegisteredApplications

CHROME, CANARY, ATLAS = BY_ID["chrome"], BY_ID["chrome-canary"], BY_ID["atlas"]
NOT_ALLOWED, NOT_FOUND, CANCELLED, DENIED = -25308, -25300, -128, -25293


class Keychain:
    """Answers by service: status and password without a dialog, then with one."""

    def __init__(self, **answers: tuple[tuple[int, bytes | None], tuple[int, bytes | None]]) -> None:
        self.answers = {key.replace("_", " "): value for key, value in answers.items()}
        self.asked: list[tuple[str, str, bool]] = []

    def __call__(self, item: KeychainItem, allow_dialog: bool) -> tuple[int, bytes | None]:
        self.asked.append((item.service, item.account, allow_dialog))
        silent, with_dialog = self.answers.get(item.service, ((NOT_FOUND, None), (NOT_FOUND, None)))
        return with_dialog if allow_dialog else silent

    def dialogs(self) -> list[str]:
        return [service for service, _, allowed in self.asked if allowed]


def find(keychain: Keychain, browser: Any = CHROME, *, interactive: bool = False) -> tuple[str, list[bytes]]:
    lookup = KeychainPasswords(keychain).find(browser, interactive=interactive)
    return lookup.state, [one.password for one in lookup.passwords]


def test_an_item_that_was_allowed_before() -> None:
    keychain = Keychain(Chrome_Safe_Storage=((0, b"test-password-1"), (0, b"")))
    assert find(keychain) == ("found", [b"test-password-1"])
    assert keychain.asked == [("Chrome Safe Storage", "Chrome", False)]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (NOT_ALLOWED, "prompt"),
        (-25315, "prompt"),
        (DENIED, "prompt"),
        (NOT_FOUND, "missing"),
        (-25291, "unavailable"),
        (0, "unavailable"),
    ],
)
def test_the_background_never_asks(status: int, state: str) -> None:
    keychain = Keychain(Chrome_Safe_Storage=((status, None), (0, b"test-password-1")))
    assert find(keychain) == (state, [])
    assert keychain.dialogs() == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((0, b"test-password-1"), ("found", [b"test-password-1"])),
        ((CANCELLED, None), ("denied", [])),
        ((DENIED, None), ("denied", [])),
        ((NOT_FOUND, None), ("missing", [])),
        ((-1, None), ("unavailable", [])),
    ],
)
def test_one_dialog_on_request(answer: tuple[int, bytes | None], expected: tuple[str, list[bytes]]) -> None:
    keychain = Keychain(Chrome_Safe_Storage=((NOT_ALLOWED, None), answer))
    assert find(keychain, interactive=True) == expected
    assert keychain.dialogs() == ["Chrome Safe Storage"]


def test_a_channel_tries_the_whole_list_but_asks_for_one_item() -> None:
    waiting = ((NOT_ALLOWED, None), (0, b"1"))
    keychain = Keychain(Brave_Safe_Storage=waiting, Chrome_Safe_Storage=waiting)
    assert find(keychain, CANARY) == ("prompt", [])
    assert len(keychain.asked) == 13
    assert find(keychain, CANARY, interactive=True) == ("found", [b"1"])
    assert keychain.dialogs() == ["Chrome Safe Storage"]
    keychain.answers["Arc Safe Storage"] = ((0, b"2"), (0, b"2"))
    assert find(keychain, CANARY, interactive=True) == ("found", [b"2"])
    assert len(keychain.dialogs()) == 1


def test_atlas_has_two_accounts() -> None:
    keychain = Keychain()
    assert find(keychain, ATLAS, interactive=True) == ("missing", [])
    assert [account for _, account, _ in keychain.asked] == ["ChatGPT Atlas", "com.openai.atlas"]


class Function:
    """A function of a framework, which ctypes gives types."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.argtypes: Any = None
        self.restype: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self.answer(*arguments)


class Foundation:
    """CoreFoundation: objects are numbers; counts what is made and released."""

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}
        self.released: list[int] = []
        self.makes_nothing = False
        self.CFStringCreateWithBytes = Function(lambda _a, data, size, _e, _x: self.make(data[:size].decode()))
        self.CFDictionaryCreate = Function(self.make_dictionary)
        self.CFDataGetLength = Function(lambda made: len(self.objects[made]))
        self.CFDataGetBytePtr = Function(lambda made: ctypes.addressof(self.buffer(made)))
        self.CFArrayGetCount = Function(lambda made: len(self.objects[made]))
        self.CFRelease = Function(self.released.append)

    def make(self, value: Any) -> int:
        if self.makes_nothing:
            return 0
        number = 1000 + len(self.objects)
        self.objects[number] = value
        return number

    def make_dictionary(self, _allocator: None, keys: Any, values: Any, count: int, *callbacks: int) -> int:
        assert callbacks == (71, 72)
        return self.make({keys[index]: values[index] for index in range(count)})

    def buffer(self, made: int) -> Any:
        self.kept = ctypes.create_string_buffer(self.objects[made])
        return self.kept


NAMES = [
    "kSecClass",
    "kSecClassGenericPassword",
    "kSecAttrService",
    "kSecAttrAccount",
    "kSecMatchLimit",
    "kSecMatchLimitOne",
    "kSecReturnData",
    "kCFBooleanTrue",
    "kSecUseAuthenticationUI",
    "kSecUseAuthenticationUIFail",
]


def constant(_library: Any, name: str) -> int:
    return NAMES.index(name) + 1


def address(_library: Any, name: str) -> int:
    return {"kCFTypeDictionaryKeyCallBacks": 71, "kCFTypeDictionaryValueCallBacks": 72}[name]


class Security:
    """The Security framework with one password."""

    def __init__(self, foundation: Foundation, status: int = 0) -> None:
        self.foundation = foundation
        self.status = status
        self.queries: list[dict[str, Any]] = []
        self.dialogs: list[int] = []
        self.SecItemCopyMatching = Function(self.copy)
        self.SecKeychainSetUserInteractionAllowed = Function(lambda value: self.dialogs.append(value.value))

    def copy(self, query: int, result: Any) -> int:
        known = self.foundation.objects
        self.queries.append(
            {
                NAMES[key - 1]: known.get(value, NAMES[value - 1] if value <= len(NAMES) else None)
                for key, value in known[query].items()
            }
        )
        if self.status == 0:
            result.contents.value = self.foundation.make(b"test-password-1")
        return self.status


@pytest.mark.parametrize("allow_dialog", [False, True])
def test_the_query(allow_dialog: bool) -> None:
    foundation = Foundation()
    security = Security(foundation)
    query = KeychainQuery(security, foundation, constant, address)
    assert query(KeychainItem("Chrome Safe Storage", "Chrome"), allow_dialog) == (0, b"test-password-1")
    expected = {
        "kSecClass": "kSecClassGenericPassword",
        "kSecAttrService": "Chrome Safe Storage",
        "kSecAttrAccount": "Chrome",
        "kSecMatchLimit": "kSecMatchLimitOne",
        "kSecReturnData": "kCFBooleanTrue",
    }
    if not allow_dialog:
        expected["kSecUseAuthenticationUI"] = "kSecUseAuthenticationUIFail"
    assert security.queries == [expected]
    assert security.dialogs == [int(allow_dialog), 0]
    assert sorted(foundation.released) == sorted(foundation.objects)


def test_a_query_that_fails() -> None:
    foundation = Foundation()
    security = Security(foundation, NOT_ALLOWED)
    query = KeychainQuery(security, foundation, constant, address)
    assert query(KeychainItem("s", "a"), False) == (NOT_ALLOWED, None)
    assert sorted(foundation.released) == sorted(foundation.objects)
    foundation.makes_nothing = True
    assert query(KeychainItem("s", "a"), True) == (-25291, None)
    assert security.dialogs[-1] == 0


def test_registered_applications() -> None:
    foundation = Foundation()

    class Services:
        LSCopyApplicationURLsForBundleIdentifier = Function(
            lambda name, _error: (
                foundation.make(["file:///x"]) if foundation.objects[name] == "com.google.Chrome" else 0
            )
        )

    is_registered = RegisteredApplications(Services(), foundation)
    assert is_registered("com.google.Chrome")
    assert not is_registered("com.brave.Browser")
    assert sorted(foundation.released) == sorted(foundation.objects)
    foundation.makes_nothing = True
    assert not is_registered("com.google.Chrome")
