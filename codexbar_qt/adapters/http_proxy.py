"""Which proxy a request goes through: the environment's variables, then the system's own settings."""

from __future__ import annotations

import ipaddress
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from codexbar_qt.provider_api.errors import InvalidSetting
from codexbar_qt.provider_api.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.http_limits import Origin

    EnvGetter = Callable[[str], str | None]

HAS_SYSTEM_PROXIES = sys.platform in {"darwin", "win32"}
_DEFAULT_PROXY_PORT = 80


@dataclass(frozen=True, slots=True)
class Proxy:
    """A plain http proxy; https addresses are reached by CONNECT. `user` "" means no login."""

    host: str
    port: int
    user: str = field(default="", repr=False)
    password: Secret = Secret("")  # noqa: RUF009 - immutable

    @property
    def url(self) -> str:
        """The address without the login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def environment_proxy(origin: Origin, env: EnvGetter) -> Proxy | None:
    """Return the proxy that the environment names for `origin`, None for a direct connection.

    Lower-case names win over upper-case ones, the variable of the scheme over ALL_PROXY. Loopback addresses
    and those in NO_PROXY never have one. Raises InvalidSetting for a proxy that is not a plain http one:
    going round a proxy that was asked for would be worse than failing.
    """
    for name in (f"{origin.scheme}_proxy", "all_proxy"):
        value = env(name) or env(name.upper())
        if value:
            if is_bypassed(origin, env("no_proxy") or env("NO_PROXY") or ""):
                return None
            return parse_proxy(value, name.upper())
    return None


def names_a_proxy(env: EnvGetter) -> bool:
    """Whether the environment speaks of proxies, which puts the system's own settings out of force."""
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    return any(env(name) or env(name.upper()) for name in names)


def system_proxy(origin: Origin) -> Proxy | None:
    """Return the proxy of the macOS or Windows network settings for `origin`; blocks.

    Automatic configuration scripts are not evaluated.
    """
    if is_loopback(origin.host):
        return None
    from urllib.request import getproxies, proxy_bypass  # slow to import, seldom needed

    value = getproxies().get(origin.scheme)
    if not value or proxy_bypass(origin.host):
        return None
    return parse_proxy(value, "the system settings")


def parse_proxy(value: str, source: str) -> Proxy:
    """Read `[http://][user:password@]host[:port]`; `source` names where it stands.

    Raises InvalidSetting, without the value, for another scheme or an address that cannot be read.
    """
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = _DEFAULT_PROXY_PORT if parts.port is None else parts.port
        host = parts.hostname
    except ValueError:
        host, port, parts = None, 0, urlsplit("")
    if parts.scheme.lower() != "http" or not host:
        raise InvalidSetting(
            f"The proxy in {source} cannot be used, because only http:// proxies are supported. "
            "Correct it, or name the service in NO_PROXY.",
        )
    return Proxy(host, port, unquote(parts.username or ""), Secret(unquote(parts.password or "")))


def is_bypassed(origin: Origin, no_proxy: str) -> bool:
    """Whether `origin` is reached directly: loopback, or matched by an entry of `no_proxy`.

    Entries are separated by commas or white space: `*`; a host name, which covers its subdomains with or
    without a leading dot or `*.`; an address; a network (`10.0.0.0/8`); each but `*` and networks optionally
    with `:port`.
    """
    if is_loopback(origin.host):
        return True
    return any(_matches(origin, entry.lower()) for entry in no_proxy.replace(",", " ").split())


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: localhost, a name under it, 127.0.0.0/8 or ::1."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address is not None and address.is_loopback


def _matches(origin: Origin, entry: str) -> bool:
    if entry == "*":
        return True
    address = _address(origin.host)
    if "/" in entry:
        return address is not None and _in_network(address, entry)
    name, port = _split_port(entry)
    if port is not None and port != origin.port:
        return False
    if address is not None:
        return _address(name) == address
    suffix = name.removeprefix("*").lstrip(".").rstrip(".")
    host = origin.host.rstrip(".")
    return bool(suffix) and (host == suffix or host.endswith(f".{suffix}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    """Split `name:port`, `[v6]:port`, `[v6]`; a bare IPv6 address keeps its colons."""
    if _address(entry) is not None:
        return entry, None
    name, colon, port = entry.rpartition(":")
    if colon and port.isascii() and port.isdigit():
        return name.strip("[]"), int(port)
    return entry.strip("[]"), None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, entry: str) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
