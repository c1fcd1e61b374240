"""Transport failures in plain words: the host's name and nothing else of the request."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

import aiohttp

from codexbar_qt.adapters.http_errors import network_error, unusable_address

if TYPE_CHECKING:
    from codexbar_qt.adapters.http_limits import HttpLimits
    from codexbar_qt.provider_api.errors import ProviderError, TransportReason

    Cause = tuple[TransportReason, str]

# X509_V_ERR_* numbers of OpenSSL; Windows and macOS report their own, which end in the general sentence.
_CERTIFICATE_FAULTS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    62: "is for another name",
    64: "is for another address",
}
_NO_WAY = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}


def explain(
    error: BaseException,
    *,
    service: str,
    host: str,
    proxy_host: str | None,
    timeout: float,
    limits: HttpLimits,
) -> ProviderError:
    """Return the error that `error`, raised while `service` at `host` was asked within `timeout` seconds, stands for.

    The result neither quotes nor references `error`: its text may hold the address, headers or a proxy's
    login.
    """
    if isinstance(error, TimeoutError):
        return network_error(service, "timeout", _timeout(error, host, timeout, limits))
    if isinstance(error, ValueError) and not isinstance(error, ssl.SSLError):
        return unusable_address(service)
    reason, cause = _proxy_fault(error, host, proxy_host) or _tls_fault(error, host) or _peer_fault(error, host)
    return network_error(service, reason, cause)


def _timeout(error: TimeoutError, host: str, timeout: float, limits: HttpLimits) -> str:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"{host} could not be reached within {limits.connect_seconds:g} seconds"
    if isinstance(error, aiohttp.SocketTimeoutError):
        return f"{host} stayed silent for {limits.idle_seconds:g} seconds"
    return f"{host} did not answer within {timeout:g} seconds"


def _proxy_fault(error: BaseException, host: str, proxy_host: str | None) -> Cause | None:
    if proxy_host is None:
        return None
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns", f"the name of the proxy {proxy_host} was not found"
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return "connect", f"the proxy {proxy_host} could not be reached"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        if error.status == 407:
            return "connect", f"the proxy {proxy_host} asks for a login"
        return "connect", f"the proxy {proxy_host} gave no way to {host} (HTTP {error.status})"
    return None


def _tls_fault(error: BaseException, host: str) -> Cause | None:
    inner = error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        inner = error.certificate_error
    if isinstance(inner, ssl.SSLCertVerificationError):
        fault = _CERTIFICATE_FAULTS.get(inner.verify_code, "is not trusted")
        return "tls", f"the certificate of {host} {fault}"
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "tls", f"no secure connection to {host} could be made"
    return None


def _peer_fault(error: BaseException, host: str) -> Cause:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns", f"the name {host} was not found"
    if isinstance(error, aiohttp.ClientConnectorError):
        return _connect_fault(error.os_error, host)
    if isinstance(error, aiohttp.ClientPayloadError):
        return "reset", f"{host} closed the connection before the answer was complete"
    if isinstance(error, aiohttp.ClientResponseError):
        return "reset", f"{host} answered with something that is not HTTP"
    return "reset", f"{host} closed the connection without an answer"


def _connect_fault(error: OSError, host: str) -> Cause:
    if isinstance(error, ConnectionRefusedError):
        return "connect", f"{host} refused the connection"
    if isinstance(error, socket.gaierror):
        return "dns", f"the name {host} was not found"
    if error.errno == errno.ETIMEDOUT:
        return "timeout", f"{host} could not be reached in time"
    if error.errno in _NO_WAY:
        return "connect", f"there is no way to {host}"
    if isinstance(error, ConnectionError):
        return "reset", f"{host} closed the connection without an answer"
    return "connect", f"{host} could not be reached"
