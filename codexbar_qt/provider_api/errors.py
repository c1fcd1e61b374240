"""Why a fetch failed. One kind, one consequence.

    ProviderError
    ├── MissingCredential    nothing to sign in with        pause until config or environment changes; next strategy
    ├── ToolNotInstalled     the local tool is not there    pause until config or environment changes; next strategy
    ├── InvalidSetting       a setting cannot be used       pause until config changes; nothing was sent
    ├── AuthRejected         the service refused the login  pause until config changes or a manual refresh
    ├── RateLimited          asked too often                wait at least `retry_after`; data kept
    ├── ServiceUnavailable   unreachable, too slow or 5xx   back off; data kept
    ├── RequestRefused       any other refusal (4xx)        normal interval
    ├── ToolFailed           the local tool reported failure   back off
    ├── ParseError           the answer was not understood  normal interval; report it
    └── NoUsageData          this plan has no limits        normal interval; not an error to people

Messages are whole sentences for people: what happened, then what to do. They never hold secrets, bodies or addresses
of people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import timedelta

TransportReason = Literal["timeout", "dns", "connect", "tls", "reset", "status", "cancelled"]


class ProviderError(Exception):
    """Base of all expected failures; `message` is the text for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MissingCredential(ProviderError):
    """No key, token or session was found; the message says where to put one."""


class ToolNotInstalled(ProviderError):
    """A local program is needed and was not found; the message says how to get it."""


class InvalidSetting(ProviderError):
    """A setting cannot be used as it is; `setting` is its key. Nothing was sent."""

    def __init__(self, message: str, *, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting


class AuthRejected(ProviderError):
    """The service or tool refused the login."""


class RateLimited(ProviderError):
    """Asked too often. `retry_after` is the wait the service asked for, None when it named none."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServiceUnavailable(ProviderError):
    """The service could not be reached, did not answer in time, or failed itself.

    `reason` is "status" with `status` set for a 5xx answer, otherwise the kind of transport failure.
    """

    def __init__(self, message: str, *, reason: TransportReason = "connect", status: int | None = None) -> None:
        super().__init__(message)
        self.reason: TransportReason = reason
        self.status = status


class RequestRefused(ProviderError):
    """The service answered with a status that is neither success, login, rate limit nor its own failure.

    `location` is the absolute address of a redirect that was not followed, "" when there is none; it may hold anything
    the service put there and is not for people.
    """

    def __init__(self, message: str, *, status: int | None = None, location: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.location = location


class ToolFailed(ProviderError):
    """A local program ran and failed; `timed_out` when it was stopped at its time limit."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


class ParseError(ProviderError):
    """An answer did not have the expected shape; `path` names the place, never the value."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class NoUsageData(ProviderError):
    """The plan has no limits to show."""
