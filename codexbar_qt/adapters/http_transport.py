"""One aiohttp session. This module imports aiohttp, so it is itself imported late, off the loop's thread."""

from __future__ import annotations

import asyncio
import io
import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

import aiohttp
from yarl import URL

from codexbar_qt.adapters.http_body import BodyBrokenError, BodyTooLargeError, read_body
from codexbar_qt.adapters.http_errors import body_broken, body_too_large, closing
from codexbar_qt.adapters.http_failures import explain
from codexbar_qt.adapters.http_hop import Answer
from codexbar_qt.adapters.http_resolver import DaemonResolver
from codexbar_qt.provider_api.secret import Secret

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping, Sequence

    from aiohappyeyeballs import AddrInfoType

    from codexbar_qt.adapters.http_hop import Hop, Terms
    from codexbar_qt.adapters.http_limits import HttpLimits
    from codexbar_qt.provider_api.errors import ProviderError
    from codexbar_qt.provider_api.http import HeaderValue

# Content security policies of large sites pass aiohttp's default of 8190 bytes.
_MAX_HEADER_BYTES = 32 * 1024
_MAX_PIECE_BYTES = 256 * 1024
_HANG_UP_POLL_SECONDS = 0.005


class _NoCookies(aiohttp.DummyCookieJar):
    """Does not even read them: aiohttp would log the names of odd ones as warnings."""

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        return


class Transport:
    """Connections of one network situation, bound to the loop it is made in.

    aiohttp sends a GET (any idempotent method) a second time when the connection breaks before an answer,
    which is what happens to a kept connection that the server has closed meanwhile. A POST is never sent
    twice.
    """

    def __init__(self, context: ssl.SSLContext, limits: HttpLimits) -> None:
        self._limits = limits
        self._busy = 0
        self._retired = False
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=context, limit=0, resolver=DaemonResolver(), socket_factory=self._open_socket
            ),
            cookie_jar=_NoCookies(),
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=limits.connect_seconds,
                sock_read=limits.idle_seconds,
            ),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_MAX_HEADER_BYTES,
            max_field_size=_MAX_HEADER_BYTES,
        )

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._session.closed

    async def exchange(self, hop: Hop, terms: Terms) -> Answer:
        """Send `hop` and read the answer, whatever its status.

        Raises ServiceUnavailable for transport failures, ParseError for a body that is too large or cannot be
        unpacked, InvalidSetting for an address that turns out unusable.
        """
        self._busy += 1
        try:
            return await self._bounded(hop, terms)
        finally:
            self._busy -= 1
            if self._retired and not self._busy:
                await self.close()

    async def retire(self) -> None:
        """Close as soon as no exchange is under way, at once when there is none."""
        self._retired = True
        if not self._busy:
            await self.close()

    async def close(self) -> None:
        """Close all connections, those in use too; returns within `close_seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.close_seconds):
                await asyncio.gather(self._session.close(), self._hang_up())

    def _open_socket(self, address: AddrInfoType) -> socket.socket:
        made = socket.socket(*address[:3])
        self._sockets.add(made)
        return made

    async def _hang_up(self) -> None:
        # After a time-out asyncio waits 30 s for the peer's TLS good-bye on a connection that aiohttp has let go of.
        while still_open := [kept for kept in self._sockets if kept.fileno() >= 0]:
            for kept in still_open:
                with suppress(OSError):
                    kept.shutdown(socket.SHUT_RDWR)
            await asyncio.sleep(_HANG_UP_POLL_SECONDS)

    async def _bounded(self, hop: Hop, terms: Terms) -> Answer:
        # Raised outside the handlers: a chained exception would carry the address and headers into a
        # traceback.
        failure: ProviderError
        try:
            async with asyncio.timeout(terms.seconds):
                return await self._transfer(hop, terms)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            failure = closing(terms.service)  # nobody cancelled us: `close` cancelled a name look-up under way
        except BodyTooLargeError:
            failure = body_too_large(terms.service, terms.max_bytes)
        except BodyBrokenError:
            failure = body_broken(terms.service)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = explain(
                error,
                service=terms.service,
                host=hop.origin.host,
                proxy_host=terms.proxy.host if terms.proxy else None,
                timeout=terms.timeout,
                limits=self._limits,
            )
        raise failure

    async def _transfer(self, hop: Hop, terms: Terms) -> Answer:
        proxy = terms.proxy
        login = None
        if proxy is not None and proxy.user:
            word = aiohttp.encode_basic_auth(proxy.user, proxy.password.reveal(), encoding="utf-8")
            login = {"Proxy-Authorization": word}
        async with self._session.request(
            hop.method,
            URL(hop.url, encoded=hop.url.isascii()),
            headers=_revealed(hop.headers),
            data=_payload(hop.body),
            allow_redirects=False,
            proxy=proxy.url if proxy else None,
            proxy_headers=login,
        ) as response:
            headers = _joined(response.headers.items())
            announced = headers.get("content-length", "")
            if hop.method != "HEAD" and announced.isdigit() and int(announced[:15]) > terms.max_bytes:
                response.close()
                raise BodyTooLargeError
            coding = "" if hop.method == "HEAD" else headers.get("content-encoding", "")
            try:
                body = await read_body(response.content.iter_any(), coding, terms.max_bytes)
            except (BodyBrokenError, BodyTooLargeError):
                response.close()
                raise
            return Answer(response.status, headers, body)


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    # aiohttp writes bytes in one piece, and warns when they are many; a file goes out in portions.
    return body if body is None or len(body) <= _MAX_PIECE_BYTES else io.BytesIO(body)


def _revealed(headers: Mapping[str, HeaderValue]) -> dict[str, str]:
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in headers.items()}


def _joined(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Lower-case the names; repeated headers become one, separated by commas."""
    joined: dict[str, str] = {}
    for name, value in items:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined
