"""The keyring of this system through the `keyring` package: Secret Service, macOS Keychain, Windows Credential Locker.

The backend is named, not searched for: `keyring`'s own search loads every installed backend, and some of those ask for
a passphrase on the terminal. Imported in a thread and only when a secret is needed: it costs 50 ms.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import sys
from typing import TYPE_CHECKING, Any, Protocol

import keyring.errors

from codexbar_qt.adapters.secret_store import LockedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codexbar_qt.adapters.secret_store import Vault

WINDOWS_LONGEST_VALUE = 1280  # CRED_MAX_CREDENTIAL_BLOB_SIZE is 2560 bytes, stored as UTF-16
_SWITCHED_OFF = frozenset({"keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"})


class Backend(Protocol):
    """What is used of `keyring`'s backends."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Create or replace an entry."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry."""
        ...


class KeyringVault:
    """A vault over one keyring backend. `check_lock` is called with `interactive` before every use."""

    def __init__(
        self,
        backend: Backend,
        *,
        longest_value: int | None = None,
        check_lock: Callable[[bool], None] | None = None,
    ) -> None:
        self._backend = backend
        self._check_lock = check_lock
        self.longest_value = longest_value

    def check(self, *, interactive: bool) -> None:
        """Raise LockedError where the next call would show a prompt, unless `interactive`."""
        if self._check_lock is not None:
            self._check_lock(interactive)

    def read(self, service: str, account: str) -> str | None:
        """Return an entry."""
        with _locked_errors():
            return self._backend.get_password(service, account)

    def write(self, service: str, account: str, value: str) -> None:
        """Create or replace an entry."""
        with _locked_errors():
            self._backend.set_password(service, account, value)

    def remove(self, service: str, account: str) -> None:
        """Remove an entry if there is one."""
        with _locked_errors():
            if self._backend.get_password(service, account) is not None:
                self._backend.delete_password(service, account)


def open_vault(environ: Mapping[str, str]) -> Vault:
    """Open this system's keyring.

    Raises UnavailableError when there is none, or PYTHON_KEYRING_BACKEND names one of the two that keep nothing.
    """
    if environ.get("PYTHON_KEYRING_BACKEND") in _SWITCHED_OFF:
        raise UnavailableError
    try:
        return _open_of_this_system()
    except (ImportError, RuntimeError, OSError) as problem:
        raise UnavailableError from problem


def _open_of_this_system() -> Vault:
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        backend: Any = WinVaultKeyring()  # type: ignore[no-untyped-call]  # keyring is only partly typed
        return KeyringVault(backend, longest_value=WINDOWS_LONGEST_VALUE)
    elif sys.platform == "darwin":  # the type checkers leave out the branches of other systems
        from keyring.backends.macOS import Keyring

        backend: Any = Keyring()  # type: ignore[no-untyped-call]  # as above
        return KeyringVault(backend, check_lock=mac_lock_check(_security_framework()))
    else:
        from keyring.backends import SecretService

        if SecretService.Keyring.priority <= 0:  # raises RuntimeError when no service answers on the session bus
            raise UnavailableError
        backend: Any = SecretService.Keyring()  # type: ignore[no-untyped-call]  # as above
        return KeyringVault(backend, check_lock=check_secret_service)


def mac_lock_check(security: Any) -> Callable[[bool], None]:
    """Return a check that forbids or allows Keychain dialogs for this process, by the loaded Security framework.

    With dialogs forbidden the Keychain answers with an error, which counts as locked.
    """

    def check(interactive: bool) -> None:
        security.SecKeychainSetUserInteractionAllowed(ctypes.c_ubyte(1 if interactive else 0))

    return check


def _security_framework() -> Any:
    return ctypes.CDLL("/System/Library/Frameworks/Security.framework/Security")


def check_secret_service(interactive: bool) -> None:
    """Raise LockedError when the default collection is locked or not created yet: either would open a dialog."""
    if interactive:
        return
    import secretstorage
    from secretstorage.exceptions import ItemNotFoundException

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            locked = secretstorage.Collection(connection).is_locked()
        except ItemNotFoundException:
            locked = True
    if locked:
        raise LockedError


@contextlib.contextmanager
def _locked_errors() -> Any:
    """Turn what backends raise for a lock, a refused dialog or a forbidden one into LockedError."""
    try:
        yield
    except keyring.errors.KeyringLocked as problem:
        raise LockedError from problem
    except keyring.errors.KeyringError as problem:
        if _is_mac_refusal(problem):
            raise LockedError from problem
        raise


def _is_mac_refusal(problem: BaseException) -> bool:
    """Whether the Keychain said "interaction not allowed" (-25308), "denied" (-25293) or "cancelled" (-128)."""
    seen: BaseException | None = problem
    while seen is not None:
        if seen.args and seen.args[0] in (-25308, -25293, -128):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
