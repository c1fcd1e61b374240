"""The places where one local server may answer, and the requests that are spread over them within a time limit.

Several ports belong to a server, and only trying tells which of them speaks the protocol, with TLS or without, and
which of two tokens it wants.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

from codexbar_providers.antigravity.sentences import NO_ANSWER, SESSION_EXPIRED, UNREADABLE
from codexbar_qt.provider_api import (
    AuthRejected,
    ParseError,
    ProviderError,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from codexbar_providers.antigravity.processes import ServerFlags
    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, JsonView

SERVICE = "Antigravity API"
_PATH = "exa.language_server_pb.LanguageServerService"
_SHORTEST_SECONDS = 0.05
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port of this machine with the way to speak to it; `token` None for servers that want none."""

    scheme: Literal["https", "http"]
    port: int
    token: Secret | None = field(default=None, repr=False)

    def url(self, method: str) -> str:
        """Return the address of a method of the service."""
        start = f"https://127.0.0.1:{self.port}" if self.scheme == "https" else f"http://127.0.0.1:{self.port}"
        return f"{start}/{_PATH}/{method}"


def list_endpoints(ports: Iterable[int], flags: ServerFlags) -> tuple[Endpoint, ...]:
    """Return the candidates in the order they are tried: each port with TLS and without, then the extension's port."""
    found = [Endpoint(scheme, port, flags.csrf_token) for port in ports for scheme in ("https", "http")]
    if flags.extension_port is not None:
        tokens = (flags.extension_token, flags.csrf_token) if flags.extension_token else (flags.csrf_token,)
        found += [Endpoint("http", flags.extension_port, token) for token in tokens]
    return tuple(dict.fromkeys(found))


class LocalServer:
    """One server: the time left is shared by the endpoints not yet tried, so that a silent one cannot use it up."""

    def __init__(self, ctx: FetchContext, endpoints: tuple[Endpoint, ...], *, seconds: float) -> None:
        self._ctx = ctx
        self._endpoints = endpoints
        self._answered = False
        self._deadline = ctx.clock.now() + timedelta(seconds=seconds)

    @property
    def left(self) -> float:
        """Seconds left of the whole limit."""
        return self._left(self._deadline)

    async def select(self) -> None:
        """Put the endpoint first that greets with status 200, else the first that answers at all."""
        order = list(self._endpoints)
        answering: Endpoint | None = None
        for index, endpoint in enumerate(order):
            status = await self._greet(endpoint, self.left / (len(order) - index))
            if status == 200:
                self._put_first(endpoint)
                return
            if status is not None and answering is None:
                answering = endpoint
        if answering is not None:
            self._endpoints = (answering, *(item for item in order if item is not answering))

    async def ask(
        self, method: str, payload: Mapping[str, object], read: Callable[[JsonView], _Answer], *, seconds: float
    ) -> _Answer:
        """Return the first answer that `read` takes, starting with the selected endpoint.

        Raises what the endpoint first in order said, else why none was reached.
        """
        deadline = min(self._deadline, self._ctx.clock.now() + timedelta(seconds=seconds))
        failure: ProviderError | None = None
        for index, endpoint in enumerate(self._endpoints):
            # One that has answered before is given all the time there is.
            shares = 1 if index == 0 and self._answered else len(self._endpoints) - index
            share = self._left(deadline) / shares
            if share < _SHORTEST_SECONDS:
                break
            try:
                found = read(await self._answer_of(endpoint, method, payload, share))
            except ProviderError as error:
                failure = _more_telling(failure, error)
                continue
            self._put_first(endpoint)
            return found
        raise _told(failure)

    async def ask_again(
        self, method: str, payload: Mapping[str, object], read: Callable[[JsonView], _Answer], *, seconds: float
    ) -> _Answer | None:
        """Ask only the endpoint that answered last; None when that fails."""
        try:
            return read(await self._answer_of(self._endpoints[0], method, payload, min(seconds, self.left)))
        except ProviderError as error:
            self._ctx.log.debug(f"{method} was left out. {error.message}")
            return None

    async def _answer_of(
        self, endpoint: Endpoint, method: str, payload: Mapping[str, object], seconds: float
    ) -> JsonView:
        answer = await self._send(endpoint, method, payload, seconds)
        raise_for_status(answer, SERVICE, login_message=SESSION_EXPIRED, accepted=(200,))
        return answer.json()

    async def _greet(self, endpoint: Endpoint, seconds: float) -> int | None:
        if seconds < _SHORTEST_SECONDS:
            return None
        greeting = greeting_for(self._ctx.system.platform)
        try:
            return (await self._send(endpoint, "GetUnleashData", greeting, seconds)).status
        except RequestRefused as refusal:
            return refusal.status
        except ProviderError:
            return None

    async def _send(
        self, endpoint: Endpoint, method: str, payload: Mapping[str, object], seconds: float
    ) -> HttpResponse:
        headers: dict[str, HeaderValue] = {"Connect-Protocol-Version": "1"}
        if endpoint.token is not None:
            headers["X-Codeium-Csrf-Token"] = endpoint.token
        client = self._ctx.http.loopback(endpoint.port)
        return await client.post_json(
            endpoint.url(method), payload, service=SERVICE, headers=headers, timeout=seconds, follow_redirects=False
        )

    def _put_first(self, endpoint: Endpoint) -> None:
        self._endpoints = (endpoint, *(item for item in self._endpoints if item is not endpoint))
        self._answered = True

    def _left(self, deadline: datetime) -> float:
        return (deadline - self._ctx.clock.now()).total_seconds()


def greeting_for(platform: str) -> dict[str, object]:
    """Return the body of the request that only asks whether somebody is there."""
    properties = {
        "ide": "antigravity",
        "ideVersion": "unknown",
        "extensionVersion": "unknown",
        "devMode": "false",
        "hasAnthropicModelAccess": "true",
        "installationId": "codexbar",
        "language": "UNSPECIFIED",
        "os": platform,
        "requestedModelId": "MODEL_UNSPECIFIED",
    }
    return {"context": {"properties": properties}}


def _more_telling(known: ProviderError | None, new: ProviderError) -> ProviderError:
    """Prefer an answer to a failed connection, and of two answers the first."""
    return new if known is None or (_is_unreached(known) and not _is_unreached(new)) else known


def _is_unreached(error: ProviderError) -> bool:
    return isinstance(error, ServiceUnavailable) and error.reason != "status"


def _told(failure: ProviderError | None) -> ProviderError:
    if isinstance(failure, ParseError):
        return ParseError(UNREADABLE, path=failure.path)
    return failure or ServiceUnavailable(NO_ANSWER, reason="timeout")


def told_first(failures: Iterable[ProviderError]) -> ProviderError:
    """Choose among the failures of several requests: an expired session, else the first answer, else the first."""
    known = list(failures)
    for error in known:
        if isinstance(error, AuthRejected):
            return error
    return next((error for error in known if not _is_unreached(error)), known[0])
