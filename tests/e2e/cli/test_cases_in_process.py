"""Every case that files and a proxy can express, through the whole command line in this process.

Real: arguments, config file, HTTP client with TLS and proxy, files, SQLite, output. Not real: the time, which is that
of the case, and the facts about the machine, its browsers and what is installed and running there among them.
"""

from __future__ import annotations

import importlib
import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from codexbar_qt.bootstrap import LiveContexts, Services, build_services
from codexbar_qt.bootstrap.live_contexts import USER_AGENT
from codexbar_qt.cli.command_runner import run_command
from codexbar_qt.cli.terminal import Terminal
from codexbar_qt.core import registry
from codexbar_qt.core.session_memory import SessionMemories
from codexbar_qt.provider_testing import FakeClock, context_from_case
from tests.e2e.cli import case_world
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from codexbar_qt.cli.backend import Backend
    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.ports import SecretStore
    from codexbar_qt.provider_api import Provider
    from codexbar_qt.provider_testing import Case

pytestmark = pytest.mark.e2e
CASES = [
    (name, case)
    for name, cases in case_world.recorded_cases().items()
    for case in cases
    if not case_world.obstacle(case)
]


@dataclass(frozen=True)
class CaseBrowsers:
    """The browsers of a case for every fetch."""

    found: object

    def of(self, provider_id: str, importing: object = None) -> object:
        del provider_id, importing
        return self.found


class CaseHost:
    """The real services at the time and on the machine of a case."""

    def __init__(self, case: Case, provider: Provider) -> None:
        self._case = case
        self._provider = provider

    def start_log(self, level: str, *, json_lines: bool) -> None:
        """The log of the test run stays as it is."""

    def build(self) -> Services:
        from codexbar_qt.adapters.http_client import AiohttpClient

        services, clock = build_services(), FakeClock(self._case.now)
        assert isinstance(services.contexts, LiveContexts)
        http = AiohttpClient(env=services.env.get, now=clock.now, user_agent=USER_AGENT)
        machine = context_from_case(self._case, self._provider)
        contexts = replace(
            services.contexts,
            http=http,
            clock=clock,
            system=machine.system,
            processes=machine.processes,
            process_table=machine.process_table,
            browsers=cast("BrowserSessions", CaseBrowsers(machine.cookies)),
            memories=SessionMemories(clock),
        )
        return replace(services, clock=clock, contexts=contexts, close_network=http.close)

    def secret_store(self, backend: Backend) -> SecretStore:
        raise AssertionError(backend)


@pytest.fixture(scope="module", autouse=True)
def _providers_loaded_once() -> Iterator[None]:
    """A process loads them once, and a case has no plugins; two thousand times took more than all that is tested."""
    loaded = registry.load_registry()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "load_registry", lambda *_: loaded)
        yield


@pytest.mark.parametrize(("name", "case"), [pytest.param(*item, id=f"{item[0]}-{item[1].name}") for item in CASES])
def test_case(
    name: str,
    case: Case,
    home: Path,
    serve: Any,
    decode_usage: Callable[[bytes], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider: Provider = importlib.import_module(f"codexbar_providers.{name}").PROVIDER
    case_world.build_home(case, home)
    entry = case_world.config_entry(provider.id, case)
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": [entry]}))
    (home / "settings.json").write_text(json.dumps(dict(case.preferences)))
    hosts, leading_there = serve(case)
    variables = {**leading_there, "CODEXBAR_CONFIG": str(home / "config.json"), **case_world.variables(case, home)}
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    out, err = io.BytesIO(), io.BytesIO()
    code = run_command(case_world.arguments(provider.id, case), CaseHost(case, provider), Terminal(None, out, err))
    decode_usage(out.getvalue())
    (element,) = json.loads(out.getvalue())
    problems = compare(element, code, case)
    problems += [*hosts.problems, *hosts.unused(), *case_world.written_problems(case, home)]
    assert not problems, f"{case.why}\n" + "\n".join(problems)
    assert err.getvalue() == b""


def test_most_cases_are_here() -> None:
    kinds = {name for name, _ in CASES}
    assert {"jetbrains", "kimi", "moonshot", "openrouter"} <= kinds
    assert len(CASES) > 200
