"""The calls into macOS that browser cookies need, through ctypes: one Keychain query, one application lookup.

They are made from this process, so that what people allow belongs to this application and to no tool that others can
start. The frameworks are given from outside; only `load` opens them.
"""

from __future__ import annotations

import contextlib
import ctypes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codexbar_qt.adapters.browser_cookies.browser import KeychainItem

FRAMEWORKS = "/System/Library/Frameworks"
_UTF8 = 0x08000100
_UNAVAILABLE = -25291  # errSecNotAvailable


def load(name: str) -> Any:
    """Open a framework of the system. Raises OSError elsewhere than on macOS."""
    return ctypes.CDLL(f"{FRAMEWORKS}/{name}.framework/{name}")


def constant(library: Any, name: str) -> int:
    """Return the object that a global constant of a framework points to."""
    return ctypes.c_void_p.in_dll(library, name).value or 0


def address(library: Any, name: str) -> int:
    """Return where a global structure of a framework is."""
    return ctypes.addressof(ctypes.c_char.in_dll(library, name))


class CoreFoundation:
    """Strings and dictionaries of CoreFoundation, released when their block ends."""

    def __init__(self, library: Any) -> None:
        self._library = library
        pointer, index = ctypes.c_void_p, ctypes.c_long
        for name, result, arguments in (
            ("CFStringCreateWithBytes", pointer, (pointer, ctypes.c_char_p, index, ctypes.c_uint32, ctypes.c_ubyte)),
            ("CFDictionaryCreate", pointer, (pointer, pointer, pointer, index, pointer, pointer)),
            ("CFDataGetLength", index, (pointer,)),
            ("CFDataGetBytePtr", pointer, (pointer,)),
            ("CFArrayGetCount", index, (pointer,)),
            ("CFRelease", None, (pointer,)),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments

    @contextlib.contextmanager
    def string(self, text: str) -> Iterator[int]:
        """Give a CFString. Raises OSError when there is no memory for it."""
        data = text.encode()
        with self.owned(self._library.CFStringCreateWithBytes(None, data, len(data), _UTF8, 0)) as made:
            yield made

    @contextlib.contextmanager
    def dictionary(self, pairs: dict[int, int], callbacks: tuple[int, int]) -> Iterator[int]:
        """Give a CFDictionary of objects. Raises OSError when there is no memory for it."""
        array = ctypes.c_void_p * len(pairs)
        keys, values = array(*pairs), array(*pairs.values())
        with self.owned(self._library.CFDictionaryCreate(None, keys, values, len(pairs), *callbacks)) as made:
            yield made

    @contextlib.contextmanager
    def owned(self, made: int | None) -> Iterator[int]:
        """Release an object that a framework made for us. Raises OSError for none."""
        if not made:
            raise OSError("CoreFoundation made nothing")
        try:
            yield made
        finally:
            self._library.CFRelease(made)

    def data(self, made: int) -> bytes:
        """Return the bytes of a CFData."""
        return ctypes.string_at(self._library.CFDataGetBytePtr(made), self._library.CFDataGetLength(made))

    def count(self, made: int) -> int:
        """Return the length of a CFArray."""
        return int(self._library.CFArrayGetCount(made))


class KeychainQuery:
    """Looks up generic passwords with SecItemCopyMatching."""

    def __init__(
        self,
        security: Any,
        foundation: Any,
        constant: Callable[[Any, str], int] = constant,
        address: Callable[[Any, str], int] = address,
    ) -> None:
        self._security = security
        self._foundation = foundation
        self._core = CoreFoundation(foundation)
        self._constant = constant
        self._address = address
        security.SecItemCopyMatching.restype = ctypes.c_int32
        security.SecItemCopyMatching.argtypes = (ctypes.c_void_p, ctypes.c_void_p)

    def __call__(self, item: KeychainItem, allow_dialog: bool) -> tuple[int, bytes | None]:
        """Return the status and the password of an item; without `allow_dialog` the Keychain must not ask people."""
        # Items in the login keychain follow this switch of the process, those elsewhere the attribute of the query.
        self._security.SecKeychainSetUserInteractionAllowed(ctypes.c_ubyte(1 if allow_dialog else 0))
        try:
            with self._core.string(item.service) as service, self._core.string(item.account) as account:
                pairs = self._pairs(service, account, allow_dialog=allow_dialog)
                callbacks = (
                    self._address(self._foundation, "kCFTypeDictionaryKeyCallBacks"),
                    self._address(self._foundation, "kCFTypeDictionaryValueCallBacks"),
                )
                with self._core.dictionary(pairs, callbacks) as query:
                    return self._copy(query)
        except OSError:
            return _UNAVAILABLE, None
        finally:
            self._security.SecKeychainSetUserInteractionAllowed(ctypes.c_ubyte(0))

    def _pairs(self, service: int, account: int, *, allow_dialog: bool) -> dict[int, int]:
        def named(name: str) -> int:
            return self._constant(self._security, name)

        pairs = {
            named("kSecClass"): named("kSecClassGenericPassword"),
            named("kSecAttrService"): service,
            named("kSecAttrAccount"): account,
            named("kSecMatchLimit"): named("kSecMatchLimitOne"),
            named("kSecReturnData"): self._constant(self._foundation, "kCFBooleanTrue"),
        }
        if not allow_dialog:
            pairs[named("kSecUseAuthenticationUI")] = named("kSecUseAuthenticationUIFail")
        return pairs

    def _copy(self, query: int) -> tuple[int, bytes | None]:
        result = ctypes.c_void_p()
        status = int(self._security.SecItemCopyMatching(query, ctypes.pointer(result)))
        if status != 0 or not result.value:
            return status, None
        with self._core.owned(result.value) as data:
            return status, self._core.data(data)


class RegisteredApplications:
    """Asks LaunchServices whether an application is known by its bundle identifier, wherever it is."""

    def __init__(self, services: Any, foundation: Any) -> None:
        self._services = services
        self._core = CoreFoundation(foundation)
        services.LSCopyApplicationURLsForBundleIdentifier.restype = ctypes.c_void_p
        services.LSCopyApplicationURLsForBundleIdentifier.argtypes = (ctypes.c_void_p, ctypes.c_void_p)

    def __call__(self, bundle_id: str) -> bool:
        """Whether any application has this identifier."""
        find = self._services.LSCopyApplicationURLsForBundleIdentifier
        with (
            contextlib.suppress(OSError),
            self._core.string(bundle_id) as name,
            self._core.owned(find(name, None)) as urls,
        ):
            return self._core.count(urls) > 0
        return False
