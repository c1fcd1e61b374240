"""The sentences of HTTP failures: the service's name and a host's name, nothing else of a request."""

from __future__ import annotations

from codexbar_qt.provider_api.errors import (
    InvalidSetting,
    ParseError,
    RequestRefused,
    ServiceUnavailable,
    TransportReason,
)


def network_error(service: str, reason: TransportReason, cause: str) -> ServiceUnavailable:
    """Return the error of a transport failure; `cause` is a clause without a full stop."""
    return ServiceUnavailable(f"{service} network error: {cause}. Check the connection.", reason=reason)


def closing(service: str) -> ServiceUnavailable:
    """Return the error for a request that comes while the program ends."""
    return ServiceUnavailable(f"{service} was not asked, because the program is closing.", reason="cancelled")


def unusable_address(service: str) -> InvalidSetting:
    """Return the error for an address that cannot be asked."""
    return InvalidSetting(f"The address for {service} cannot be used. Check it in Settings.")


def not_this_machine(service: str) -> InvalidSetting:
    """Return the error for an address elsewhere where only this machine may be asked."""
    return InvalidSetting(
        f"{service} was not asked, because its address is not on this machine. Report it if it stays."
    )


def unusable_header(service: str) -> InvalidSetting:
    """Return the error for a header value that cannot be sent, usually a badly pasted key."""
    return InvalidSetting(
        f"A value for {service} contains a line break or another character that cannot be sent. "
        "Enter it again in Settings.",
    )


def redirect_refused(
    service: str, status: int, where: str = "to another address", location: str = ""
) -> RequestRefused:
    """Return the error for a redirect to `location` that is not followed."""
    told = f"{service} answered with a redirect {where}; nothing was sent there."
    return RequestRefused(told, status=status, location=location)


def too_many_redirects(service: str, limit: int, status: int) -> RequestRefused:
    """Return the error for more than `limit` redirects in a row."""
    return RequestRefused(f"{service} answered with more than {limit} redirects. Try again later.", status=status)


def body_too_large(service: str, limit: int) -> ParseError:
    """Return the error for a body of more than `limit` bytes."""
    size = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit} bytes"
    return ParseError(
        f"{service} answered with more than {size}, so the answer was not read. Report it if it stays.",
        path="$",
    )


def body_broken(service: str) -> ParseError:
    """Return the error for a compressed body that cannot be unpacked."""
    return ParseError(f"{service} answered with data that could not be unpacked. Report it if it stays.", path="$")
