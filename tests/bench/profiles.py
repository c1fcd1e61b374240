"""A profile of its own for the app: providers with keys, behind a proxy on loopback that answers after 300 ms."""

from __future__ import annotations

import hashlib
import json
import ssl
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import trustme

from codexbar_qt.provider_testing import load_case
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy, ProxyAnswer
from tests.bench.desktops import home_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codexbar_qt.provider_testing.loopback_proxy import ProxyRequest

LATENCY = 0.3
CONFIG_FOLDER = Path(".config", "codexbar")
HEADERS = {"Content-Type": "application/json", "Connection": "close"}
"""Minutes pass between two refreshes: none finds a connection of the one before."""
_DEMO = Path(__file__).parents[2] / "resources" / "demo"
_BUILT_IN = {"kimi": "kimi", "moonshot": "moonshot", "openrouter": "openrouter.earlier"}
_PLUGIN = Template('''"""A provider of the benchmark: one request, two windows."""

from __future__ import annotations

from codexbar_qt.provider_api import (
    FetchContext, Provider, ProviderDescriptor, RateWindow, Snapshot, Source, Strategy, WindowSpec, raise_for_status,
)


async def fetch_with_nothing(ctx: FetchContext) -> Snapshot:
    """Read the usage."""
    answer = await ctx.http.get("https://$id.example.com/v1/usage", service="Bench")
    raise_for_status(answer, "Bench")
    body = answer.json()
    primary = RateWindow(used_percent=body["session"]["used"].number())
    secondary = RateWindow(used_percent=body["weekly"]["used"].number())
    return Snapshot(updated_at=ctx.clock.now(), primary=primary, secondary=secondary)


PROVIDER = Provider(
    ProviderDescriptor(
        id="$id", name="Bench $number", color="#336699", order=900,
        windows=WindowSpec(primary="Session", secondary="Weekly"),
    ),
    strategies=(Strategy(Source.API, fetch_with_nothing),),
)
''')


@contextmanager
def slow_profile(folder: Path, providers: int) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Give the variables of a home with so many providers switched on, and the ids of one of each kind."""
    plugins = [f"bench-{number}" for number in range(1, providers - len(_BUILT_IN) + 1)]
    _write_profile(folder, plugins)
    bodies = _recorded_bodies()

    def answer(request: ProxyRequest) -> ProxyAnswer:
        body = bodies.get(request.url.partition("?")[0]) or b'{"session": {"used": 42}, "weekly": {"used": 17.5}}'
        return ProxyAnswer(headers=HEADERS, body=body, delay_seconds=LATENCY)

    hosts = (*(f"{name}.example.com" for name in plugins), *(str(urlsplit(url).hostname) for url in bodies))
    with served(folder, answer, hosts) as (variables, _):
        yield variables, [*_BUILT_IN, plugins[0]]


@contextmanager
def served(
    folder: Path, answer: Callable[[ProxyRequest], ProxyAnswer | None], hosts: Iterable[str]
) -> Iterator[tuple[dict[str, str], LoopbackProxy]]:
    """Run a proxy that is every host; give the variables of a home that leads to it, and the proxy."""
    authority = trustme.CA()
    trusted = folder / "authority.pem"
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(trusted))

    @cache
    def context_for(host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        return context

    # Certificates are made before anything is timed.
    for host in hosts:
        context_for(host)
    with LoopbackProxy(answer, ssl_context_for=context_for) as proxy:
        yield home_variables(folder) | {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(trusted)}, proxy


def _write_profile(folder: Path, plugins: list[str]) -> None:
    config = folder / CONFIG_FOLDER
    (config / "providers").mkdir(mode=0o700, parents=True)
    approved: dict[str, str] = {}
    for number, name in enumerate(plugins, 1):
        path = config / "providers" / f"{name.replace('-', '_')}.py"
        path.write_text(_PLUGIN.substitute(id=name, number=number), encoding="utf-8")
        approved[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    built_in = [{"id": name, "enabled": True, **load_case(_case(name)).config} for name in _BUILT_IN]
    entries: list[dict[str, Any]] = [*built_in, *({"id": name, "enabled": True} for name in plugins)]
    write_private(config / "config.json", {"version": 1, "providers": entries})
    write_private(config / "settings.json", {"approvedPlugins": approved, "refreshFrequency": "thirtyMinutes"})


def _recorded_bodies() -> dict[str, bytes]:
    cases = [load_case(_case(name)) for name in _BUILT_IN]
    return {item.url.partition("?")[0]: item.body for case in cases for item in case.http}


def _case(name: str) -> Path:
    return _DEMO / f"{_BUILT_IN[name]}.json"


def write_private(path: Path, document: dict[str, Any]) -> None:
    """Write a document that only its owner may read."""
    path.write_text(json.dumps(document), encoding="utf-8")
    path.chmod(0o600)
