"""Transport faults through the real HTTP client: a proxy that is every host of the world, and ports of this machine.

One place stands for every provider, method, address and set of credential headers; the whole matrix is in the
neighbouring module.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import re
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
import trustme

import codexbar_providers
from codexbar_qt.adapters.http_client import AiohttpClient
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.provider_api import (
    HttpClient,
    HttpRequest,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
)
from codexbar_qt.provider_testing import CasePorts, FakeClock, load_case, parse_case
from codexbar_qt.provider_testing.fault_answers import gzip_bomb, huge_body
from codexbar_qt.provider_testing.fault_contents import ECHO, LOGIN_PAGE
from codexbar_qt.provider_testing.fault_http import ELSEWHERE, echo_of
from codexbar_qt.provider_testing.fault_judgement import FaultJudge, KnownCase
from codexbar_qt.provider_testing.fault_matrix import FaultReport, FaultTally
from codexbar_qt.provider_testing.fault_run import DisturbedRun, LogKeeper, end_tasks, fetch
from codexbar_qt.provider_testing.loopback_messages import close_gently, read_request, write_answer
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy, ProxyAnswer, ProxyRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext, HttpResponse
    from codexbar_qt.provider_testing import HttpAnswer

CASES = Path(__file__).parent
IDS = sorted(info.name for info in pkgutil.iter_modules(codexbar_providers.__path__) if not info.name.startswith("_"))
TITLE = "Every provider, method, address and set of credential headers, through the real HTTP client"
CREDENTIAL_HEADER = re.compile(r"authorization|cookie|key|token|secret", re.IGNORECASE)
THIS_MACHINE = "127.0.0.1"
SHORT_SECONDS = 0.1
PLAIN_ELSEWHERE = ELSEWHERE.replace("https:", "http:")

CONNECT, DNS, TLS, STALL = "connect refused", "DNS failure", "TLS failure", "stall past the limit"
BEFORE_THE_REQUEST = (CONNECT, DNS, TLS)
ANSWERED = (
    ("reset mid-body", "in the head"),
    ("reset mid-body", "in the body"),
    (STALL, "no answer"),
    ("20 MB body", "announced"),
    ("20 MB body", "in chunks"),
    ("gzip bomb", ""),
    ("redirect elsewhere", "302"),
    ("redirect elsewhere", "307"),
    ("redirect elsewhere", "302 without encryption"),
    ("redirect loop", ""),
)
FAULTS = (*((fault, "") for fault in BEFORE_THE_REQUEST), *ANSWERED)


@cache
def chunked_body() -> bytes:
    size = 256 * 1024
    pieces = (huge_body()[start : start + size] for start in range(0, len(huge_body()), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@dataclass
class Scene:
    """The answers of one case, with trouble at one of them; `requests` are all that arrived anywhere."""

    answers: tuple[HttpAnswer, ...]
    troubled: HttpAnswer
    fault: str
    variant: str
    queues: dict[tuple[str, str], list[HttpAnswer]] = field(default_factory=dict)
    requests: list[ProxyRequest] = field(default_factory=list)
    happened: bool = False

    @property
    def is_led_to(self) -> bool:
        """Whether only a redirect leads to the trouble, so that the client's user never asks for it."""
        locations = ((answer.url, answer.headers.get("location")) for answer in self.answers)
        return any(location and urljoin(url, location) == self.troubled.url for url, location in locations)

    def __post_init__(self) -> None:
        for answer in self.answers:
            self.queues.setdefault((answer.method, answer.url), []).append(answer)

    def is_next(self, method: str, url: str) -> bool:
        """Whether the answer to the next such request is the troubled one."""
        return self.queues.get((method, url), [None])[0] is self.troubled

    def answer(self, request: ProxyRequest) -> ProxyAnswer:
        """Answer a request, whichever server it was for."""
        self.requests.append(request)
        if request.url in (ELSEWHERE, PLAIN_ELSEWHERE):
            return ProxyAnswer(200, {"Content-Type": "text/html"}, LOGIN_PAGE.encode())
        queue = self.queues.get((request.method, request.url))
        if not queue:
            return ProxyAnswer(404, body=LOGIN_PAGE.encode())
        found = queue.pop(0) if len(queue) > 1 else queue[0]
        if found is self.troubled and self.fault not in BEFORE_THE_REQUEST:
            self.happened = True
            return self._trouble(request)
        if found.fault is not None:
            return ProxyAnswer(cut_after=-1)
        return ProxyAnswer(found.status, found.headers, b"" if found.status == 204 else found.body)

    def _trouble(self, request: ProxyRequest) -> ProxyAnswer:
        echo = LOGIN_PAGE.replace(ECHO, echo_of(request.headers)).encode("utf-8", "replace")
        good = ProxyAnswer(200, {"Content-Type": "application/json"}, echo)
        where = PLAIN_ELSEWHERE if "without" in self.variant else ELSEWHERE
        where = request.url if self.fault == "redirect loop" else where
        onward = {"Location": where, "Content-Type": "text/html"}
        made = {
            "in the head": replace(good, cut_after=-1),
            "in the body": replace(good, cut_after=len(echo) // 2),
            "no answer": replace(good, delay_seconds=60.0),
            "announced": replace(good, body=huge_body()),
            "in chunks": replace(good, headers={"Transfer-Encoding": "chunked"}, body=chunked_body()),
            "302": replace(good, status=302, headers=onward),
            "302 without encryption": replace(good, status=302, headers=onward),
            "307": replace(good, status=307, headers=onward),
        }
        packed = replace(good, headers={"Content-Encoding": "gzip"}, body=gzip_bomb())
        return made.get(self.variant) or {"gzip bomb": packed, "redirect loop": made["307"]}[self.fault]


class TroubledClient(HttpClient):
    """The app's client, led to the scene: trouble below HTTP starts when the request it is meant for goes out."""

    def __init__(self, client: AiohttpClient, world: World, scene: Scene, ports: dict[tuple[str, int], int]) -> None:
        self._client = client
        self._world = world
        self._scene = scene
        self._ports = ports
        self.asked: set[int] = set()

    async def send(self, request: HttpRequest) -> HttpResponse:
        async with self._trouble_for(request):
            return await self._client.send(self._shortened(request))

    def loopback(self, port: int) -> HttpClient:
        self.asked.add(port)
        return LedLoopback(self, port)

    async def send_here(self, request: HttpRequest) -> HttpResponse:
        """Send a request for a recorded port to the server that stands for it, or to nobody."""
        parts = urlsplit(request.url)
        real = self._ports.get((parts.scheme, parts.port or 0), self._world.closed_port)
        if self._scene.is_next(request.method, request.url) and self._scene.fault in BEFORE_THE_REQUEST:
            self._scene.happened = True
            other = "http" if parts.scheme == "https" else "https"
            wrong = self._ports.get((other, 0), self._world.closed_port)
            real = wrong if self._scene.fault == TLS else self._world.closed_port
        led = self._shortened(request)
        url = request.url.replace(f"{THIS_MACHINE}:{parts.port}", f"{THIS_MACHINE}:{real}")
        return await self._client.loopback(real).send(replace(led, url=url))

    def _shortened(self, request: HttpRequest) -> HttpRequest:
        # A server without TLS waits for the rest of what it takes for a request, so that is a stall too.
        waits = self._scene.fault in (STALL, TLS)
        concerned = self._scene.is_next(request.method, request.url) or self._scene.is_led_to
        if not (waits and concerned):
            return request
        self._scene.happened = True  # even when a busy server gets to see it too late
        return replace(request, timeout=min(request.timeout, SHORT_SECONDS))

    @asynccontextmanager
    async def _trouble_for(self, request: HttpRequest) -> AsyncIterator[None]:
        fault = self._scene.fault
        if fault not in BEFORE_THE_REQUEST or not self._scene.is_next(request.method, request.url):
            yield
            return
        self._scene.happened = True
        await self._client.reset()
        self._world.trouble = fault
        try:
            yield
        finally:
            self._world.trouble = ""
            await self._client.reset()


class LedLoopback(HttpClient):
    def __init__(self, owner: TroubledClient, port: int) -> None:
        self._owner = owner
        self._port = port

    async def send(self, request: HttpRequest) -> HttpResponse:
        assert urlsplit(request.url).netloc == f"{THIS_MACHINE}:{self._port}"
        return await self._owner.send_here(request)

    def loopback(self, port: int) -> HttpClient:
        return self._owner.loopback(port)


class World:
    """Certificates, the proxy and the environment that leads to it; `trouble` is what is wrong below HTTP just now."""

    def __init__(self, folder: Path, closed_port: int) -> None:
        self._trusted, self._strange = trustme.CA(), trustme.CA()
        self._authority = folder / "authority.pem"
        self._trusted.cert_pem.write_to_path(str(self._authority))
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}
        self.closed_port = closed_port
        self.trouble = ""
        self.scene: Scene | None = None
        self.proxy = LoopbackProxy(self._answer, ssl_context_for=self.context_for)

    def context_for(self, host: str) -> ssl.SSLContext:
        key = (host, self.trouble == TLS)
        if key not in self._contexts:
            self._contexts[key] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            (self._strange if key[1] else self._trusted).issue_cert(host).configure_cert(self._contexts[key])
        return self._contexts[key]

    def variable(self, name: str) -> str | None:
        """The environment of the client, read for every request."""
        if name == "HTTPS_PROXY":
            return f"http://{THIS_MACHINE}:{self.closed_port}" if self.trouble == CONNECT else self.proxy.url
        return {"SSL_CERT_FILE": str(self._authority), "NO_PROXY": "*" if self.trouble == DNS else None}.get(name)

    def _answer(self, request: ProxyRequest) -> ProxyAnswer | None:
        return self.scene.answer(request) if self.scene else None

    @asynccontextmanager
    async def local_servers(self, scene: Scene) -> AsyncIterator[dict[tuple[str, int], int]]:
        """Serve the recorded ports of this machine; gives the real ones by scheme and recorded port (0: any)."""
        urls = {urlsplit(answer.url) for answer in scene.answers if urlsplit(answer.url).hostname == THIS_MACHINE}
        wanted = {(parts.scheme, parts.port or 0) for parts in urls}
        made: list[LocalServer] = []
        ports: dict[tuple[str, int], int] = {}
        for scheme, port in sorted(wanted):
            server = LocalServer(scene, f"{THIS_MACHINE}:{port}")
            ports[scheme, port] = await server.start(self.context_for(THIS_MACHINE) if scheme == "https" else None)
            ports[scheme, 0] = ports[scheme, port]
            made.append(server)
        yield ports
        for server in made:
            await server.stop()


class LocalServer:
    """A program's own port."""

    def __init__(self, scene: Scene, authority: str) -> None:
        self._scene = scene
        self._authority = authority
        self._server: asyncio.Server | None = None
        self._tasks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self, context: ssl.SSLContext | None) -> int:
        self._server = await asyncio.start_server(self._accept, THIS_MACHINE, 0, ssl=context)
        self._scheme = "https" if context else "http"
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*list(self._tasks), return_exceptions=True)
        await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks[task] = writer
        task.add_done_callback(lambda done: self._tasks.pop(done).transport.abort())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            while True:
                arrived = await read_request(reader, "")
                request = replace(arrived, url=f"{self._scheme}://{self._authority}{arrived.url}")
                answer = self._scene.answer(request)
                await asyncio.sleep(answer.delay_seconds)
                if not await write_answer(writer, request, answer):
                    break
            await close_gently(writer)


@cache
def judge_of(provider_id: str) -> FaultJudge:
    provider: Provider = importlib.import_module(f"codexbar_providers.{provider_id}").PROVIDER
    cases = [load_case(path) for path in sorted((CASES / provider_id).glob("*.json"))]
    return FaultJudge(provider, cases, unsound)


def unsound(_: Provider, snapshot: Snapshot, now: datetime) -> Iterator[str]:
    del now
    if not is_sound(snapshot):
        yield "the snapshot has a field of another type than declared"


@pytest.fixture
def judge(provider_id: str) -> FaultJudge:
    """The judge of a provider; made outside the test's event loop, because it uses one of its own."""
    return judge_of(provider_id)


def places_of(judge: FaultJudge) -> list[tuple[KnownCase, HttpAnswer]]:
    """One recorded answer for every method, address and set of credential headers."""
    found: dict[tuple[str, str, frozenset[str]], tuple[KnownCase, HttpAnswer]] = {}
    # Cases that end well first: in others a fault may change nothing.
    for known in sorted(judge.known, key=lambda known: "error" in known.case.expect):
        for answer in known.case.http:
            names = frozenset(name for name in answer.expected.headers if CREDENTIAL_HEADER.search(name))
            address = answer.url.partition("?")[0]
            if urlsplit(answer.url).hostname == THIS_MACHINE:
                address = urlsplit(answer.url).path
            if not answer.fault and not answer.optional:
                found.setdefault((answer.method, address, names), (known, answer))
    return list(found.values())


def refuse_names(host: object, *_: object, **__: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, f"Name or service not known: {host}")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with socket.socket() as taken:
        taken.bind((THIS_MACHINE, 0))  # nobody listens there, and nobody else gets it
        made = World(tmp_path, taken.getsockname()[1])
        known = socket.getaddrinfo
        local = (THIS_MACHINE, "localhost")
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *a, **k: known(host, *a, **k) if host in local else refuse_names(host)
        )
        with made.proxy:
            yield made


async def disturb(
    judge: FaultJudge, known: KnownCase, scene: Scene, world: World, client: AiohttpClient, log: LogKeeper
) -> list[str]:
    """Run a case in a scene; returns what was wrong, the judge's list and whether the fault happened at all."""
    provider = judge.provider
    world.scene = scene
    ports = CasePorts.from_case(known.case, provider)
    log.take()
    before = asyncio.all_tasks()
    async with world.local_servers(scene) as local:
        troubled = TroubledClient(client, world, scene, local)
        result, failure = await fetch(provider, replace(ports.context, http=troubled), known.case)
        left = [task for task in asyncio.all_tasks() - before if "codexbar_providers" in str(task.get_coro())]
        names = await end_tasks(left)
        await client.reset()
    requests = [HttpRequest(item.method, item.url, "", item.headers, item.body) for item in scene.requests]
    run = DisturbedRun(
        result=result,
        failure=failure,
        tasks_left=names,
        requests=requests,
        ports=troubled.asked,
        commands=ports.processes.commands,
        log=(*ports.log.lines, *log.take()),
        saved=ports.store.saved,
    )
    problems = judge.problems(known, run, known.case, stalls=scene.fault == STALL)
    return problems if scene.happened else [*problems, "the fault did not happen"]


async def break_transport(judge: FaultJudge, world: World) -> FaultReport:
    """Inject every fault at one place of every kind."""
    tally = FaultTally(judge.provider.id)
    for known, answer in places_of(judge):
        client = AiohttpClient(env=world.variable, now=FakeClock(known.case.now).now, user_agent="CodexBar/0")
        here = urlsplit(answer.url).hostname == THIS_MACHINE
        with LogKeeper() as log:
            for fault, variant in FAULTS:
                scene = Scene(known.case.http, answer, fault, variant)
                if (here and fault == DNS) or (scene.is_led_to and fault in BEFORE_THE_REQUEST):
                    continue  # an address needs no name, and below HTTP trouble starts with a request of the provider
                problems = await disturb(judge, known, scene, world, client, log)
                place = f"{answer.method} {answer.url.partition('?')[0]} {variant}"
                tally.add(fault, known.case.name, place, problems)
        await client.close()
    return tally.report()


@pytest.mark.logs_warnings
@pytest.mark.parametrize("provider_id", IDS)
async def test_transport_faults(judge: FaultJudge, world: World, fault_reports: dict[str, list[FaultReport]]) -> None:
    report = await break_transport(judge, world)
    fault_reports.setdefault(TITLE, []).append(report)
    assert not report.problems, "\n".join(report.problems)


async def carries_the_key_on(ctx: FetchContext) -> Snapshot:
    """A bad fetch: the key is in a header as plain text, which a redirect takes along."""
    key = await ctx.credentials.require("apiKey")
    await ctx.http.get_json(BAD_URL, service="Acme", headers={"X-Api-Token": key.reveal()})
    return Snapshot(ctx.clock.now())


BAD_URL = "https://api.acme.example.com/v1/usage"
BAD_CASE = {
    "why": "A key is sent.",
    "now": "2030-01-08T12:00:00Z",
    "config": {"apiKey": "test-key-1"},
    "http": [{"url": BAD_URL, "json": {}}],
}


@pytest.fixture
def bad_judge() -> FaultJudge:
    settings = (SecretSetting("apiKey", "API key"),)
    descriptor = ProviderDescriptor(id="acme", name="Acme", color="#112233", order=1000, settings=settings)
    provider = Provider(descriptor, strategies=(Strategy(Source.API, carries_the_key_on),))
    return FaultJudge(provider, [parse_case("bad", json.dumps(BAD_CASE))])


async def test_a_key_that_arrives_elsewhere_is_seen(bad_judge: FaultJudge, world: World) -> None:
    report = await break_transport(bad_judge, world)
    assert {fault for fault, failures in report.failures.items() if failures} == {"redirect elsewhere"}
    told = "the credential 'apiKey' went to elsewhere.example.net in header x-api-token"
    assert [problem.rpartition(": ")[2] for problem in report.problems] == [told, told]
