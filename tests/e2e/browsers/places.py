"""The world around a browser: an authority, a proxy that is every site, and an unlocked keyring on a bus of its own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import shutil
import ssl
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from codexbar_qt.adapters.browser_cookies.session_bus import open_session_bus
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy, ProxyAnswer, ProxyRequest
from tests.e2e.browsers.browser_process import browser_environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from tests.e2e.browsers.deposits import Tour


Kind = Literal["chromium v10", "chromium v11", "chrome v10", "chrome v11", "firefox"]
"""Chromium with its built-in key and with one of a keyring, both also at the place of Chrome; Firefox."""

_PROGRAMS: dict[Kind, tuple[str, ...]] = {
    "chromium v10": ("chromium",),
    "chromium v11": ("chromium", "dbus-run-session", "gnome-keyring-daemon"),
    "chrome v10": ("chromium",),
    "chrome v11": ("chromium", "dbus-run-session", "gnome-keyring-daemon"),
    "firefox": ("firefox-esr",),
}
_GRACE = 15.0


def skip_without(kind: Kind) -> None:
    """Skip a test whose programs are missing; `make test` has tried to install them by then."""
    missing = [name for name in _PROGRAMS[kind] if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}; packaging/linux/test-tools.sh could not install them")


class Authority:
    """One certificate for all `hosts`; `path` is the file to trust it by, `fingerprint` the hash of its key."""

    def __init__(self, path: Path, hosts: Sequence[str]) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(path))
        certificate = authority.issue_cert(*hosts)
        read = x509.load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes())
        key = read.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.path = path
        self.fingerprint = base64.b64encode(hashlib.sha256(key).digest()).decode()
        self._hosts = frozenset(hosts)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)

    def context_for(self, host: str) -> ssl.SSLContext:
        """Return the certificate of a host. Raises LookupError for one that is not here."""
        if host not in self._hosts:
            raise LookupError(host)
        return self._context


@dataclass
class BrowserWorld:
    """Everything a browser meets: the sites of a tour; whatever else it asks for is not there."""

    tour: Tour
    authority: Authority

    @cached_property
    def proxy(self) -> LoopbackProxy:
        return LoopbackProxy(self._answer, ssl_context_for=self.authority.context_for)

    def _answer(self, request: ProxyRequest) -> ProxyAnswer:
        address = urlsplit(request.url)
        if address.scheme != "https":
            return ProxyAnswer(404)
        return self.tour.answer(request.method, address.hostname or "", address.path)

    def __enter__(self) -> Self:
        self.proxy.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.proxy.stop()


@dataclass
class Keyring:
    """A message bus with a gnome-keyring, whose collections lie in a home. `address` is the bus."""

    home: Path
    runtime: Path
    is_locked: bool = False
    address: str = ""
    _process: subprocess.Popen[bytes] | None = field(default=None)

    def __enter__(self) -> Self:
        daemon = "gnome-keyring-daemon --components=secrets"
        daemon += " --start" if self.is_locked else " --unlock"
        begin = f"printf test-password | {daemon} >/dev/null && "
        begin += 'echo "$DBUS_SESSION_BUS_ADDRESS" && exec cat >/dev/null'
        self._process = subprocess.Popen(
            ["dbus-run-session", "--", "/bin/sh", "-c", begin],
            env=browser_environment(self.home, self.runtime),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().decode().strip()
        assert self.address, "the keyring did not start"
        return self

    def give_to_chrome(self) -> None:
        """Keep the key of Chromium once more under the name of Chrome, which Chromium is at Chrome's place."""
        import secretstorage  # exists on Linux only

        with contextlib.closing(open_session_bus(self.address)) as connection:
            (item,) = secretstorage.search_items(connection, {"application": "chromium"})
            attributes = {**item.get_attributes(), "application": "chrome"}
            collection = secretstorage.get_default_collection(connection)
            collection.create_item("Chrome Safe Storage", attributes, item.get_secret())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        assert process is not None
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
        try:
            process.wait(_GRACE)  # the end of `cat` ends the bus, and with it the keyring
        finally:
            process.kill()
