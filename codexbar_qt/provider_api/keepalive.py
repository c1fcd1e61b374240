"""Keeping a browser session from running out while the tray app runs: declared here, timed and bounded by the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_api.descriptor import Source

if TYPE_CHECKING:
    from codexbar_qt.provider_api.browser import CookieCandidate
    from codexbar_qt.provider_api.context import FetchContext

FindSession = Callable[["FetchContext"], Awaitable["CookieCandidate | None"]]
UseSession = Callable[["FetchContext", "CookieCandidate"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Keepalive:
    """How a provider's browser session is found, renewed and stored. Never used by the command line.

    `find` returns the session now in a browser, None when there is nothing to keep alive (no session, another cookie
    source). `renew` asks the service with it; AuthRejected says that it has ended, another ProviderError that it could
    not be renewed. `keep` stores the session found a moment after a success.

    The app looks every `check_seconds` and renews when the cookie that ends first has less than `buffer_seconds` left,
    when none has an end and the last success is older than `session_seconds`, after a failure, and after a fetch whose
    login was refused; two attempts are never under way at once nor closer than `gap_seconds`. A session that has ended
    opens `login_page` in the browser, once until the next success, and is tried again `login_seconds` later.
    After `most_failures` in a row people are told `notice` and nothing more happens until the action `restart`
    succeeds. A source of the provider other than `source` and automatic needs none of this.
    """

    find: FindSession
    renew: UseSession
    keep: UseSession
    login_page: str
    notice: str
    restart: str
    source: Source = Source.WEB
    check_seconds: float = 300.0
    gap_seconds: float = 120.0
    buffer_seconds: float = 300.0
    session_seconds: float = 1800.0
    settle_seconds: float = 1.0
    login_seconds: float = 5.0
    most_failures: int = 3
