"""One case of every distinct outcome of every provider, through the installed command as a process.

Each process reads one case of several providers at once, at the hosts' real names behind the proxy. The time is the
real one, so what depends on it (reset times, texts about them) is left to the tests in this process.
"""

from __future__ import annotations

import importlib
import itertools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.provider_testing import load_case
from tests.e2e.cli import case_world
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.provider_testing import Case

pytestmark = pytest.mark.e2e
FOLDER = Path(__file__).parents[2] / "providers"
# What this machine and this version say about themselves.
OWN_HEADERS = frozenset(
    {"user-agent", "r-timezone"}
    | {f"x-msh-{part}" for part in ("version", "device-name", "device-model", "os-version")}
    | {f"x-warp-os-{part}" for part in ("category", "name", "version")}
)
OWN_FIELDS = frozenset({"osContext"})
DATE = re.compile(r"20\d\d-\d\d-\d\d")
TOLD = ("used_percent", "login_method", "details[0].rows[0].value")


def outcome(case: Case) -> tuple[object, ...]:
    """What makes a case different from others as seen from outside; all of them are run in one process elsewhere."""
    last = [(answer.status, answer.fault, _form(answer.body)) for answer in case.http[-1:]]
    return case.expect.get("error"), case.expect.get("source"), *last, bool(case.config.get("tokenAccounts"))


def _form(body: bytes) -> str:
    try:
        return type(json.loads(body or b"null")).__name__
    except ValueError:
        return "no JSON"


def is_usable(case: Case) -> bool:
    if case_world.obstacle(case) or case.source or case.account:
        return False
    if case.browsers or case.cached_cookie or case.browser_obstacle or case.saves:
        return False
    slow = any(answer.fault == "timeout" for answer in case.http)
    timed = any("expires_at" in text for recorded in case.files.values() for text in recorded.texts)
    timed = timed or any(DATE.search(answer.url) for answer in case.http)
    return not slow and not timed and not any(value.startswith("/") for value in case.env.values())


def representatives(cases: Iterable[Case]) -> list[Case]:
    return list({outcome(case): case for case in cases if is_usable(case)}.values())


REPRESENTATIVES = {name: representatives(cases) for name, cases in case_world.recorded_cases().items()}
NAMES = [name for name, cases in REPRESENTATIVES.items() if cases]
BATCHES = [
    {name: case for name, case in zip(NAMES, cases, strict=True) if case is not None}
    for cases in itertools.zip_longest(*(REPRESENTATIVES[name] for name in NAMES))
]


@pytest.mark.parametrize("batch", [pytest.param(batch, id=f"batch{number}") for number, batch in enumerate(BATCHES)])
def test_batch(batch: dict[str, Case], home: Path, serve: Any, codexbar: Any, decode_usage: Any) -> None:
    entries = [case_world.config_entry(name, case) for name, case in batch.items()]
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))
    hosts, variables = serve(*batch.values(), ignored_headers=OWN_HEADERS, ignored_fields=OWN_FIELDS)
    for case in batch.values():
        case_world.build_home(case, home)
        variables |= case_world.variables(case, home)
    ended = codexbar.run("--json-only", **variables)
    assert ended.stderr == b""
    decode_usage(ended.stdout)
    elements = json.loads(ended.stdout)
    assert [element["provider"] for element in elements] == list(batch)
    problems = [*hosts.problems, *hosts.unused()]
    for element, (name, case) in zip(elements, batch.items(), strict=True):
        code = element.get("error", {}).get("code", 0)
        problems += [f"{name}/{case.name}: {told}" for told in compare(element, code, case, only=TOLD)]
    failures = [element["error"]["code"] for element in elements if "error" in element]
    assert (problems, ended.returncode) == ([], failures[-1] if failures else 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_provider_is_here(name: str) -> None:
    assert importlib.import_module(f"codexbar_providers.{name}").PROVIDER.id == name
    assert any(name in batch for batch in BATCHES)


@pytest.mark.parametrize(
    ("name", "case_name"),
    [
        ("openrouter", "selected_account"),
        ("openrouter", "unsupported_source"),
        ("kimi", "api_http_401"),
        ("kimi", "web_session"),
    ],
)
def test_source_and_account(name: str, case_name: str, home: Path, serve: Any, codexbar: Any) -> None:
    case = load_case(FOLDER / name / f"{case_name}.json")
    entry = case_world.config_entry(name, case)
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": [entry]}))
    hosts, variables = serve(case, ignored_headers=OWN_HEADERS)
    ended = codexbar.run(*case_world.arguments(name, case), **variables, **case_world.variables(case, home))
    (element,) = json.loads(ended.stdout)
    problems = compare(element, ended.returncode, case, only=TOLD)
    assert (problems, hosts.problems, hosts.unused()) == ([], [], [])
    assert element.get("account") == case.account


def test_kimi_by_the_login_of_its_cli(home: Path, serve: Any, codexbar: Any, decode_usage: Any) -> None:
    case = load_case(FOLDER / "kimi" / "cli_login.json")
    place = home / ".kimi-code" / "credentials" / "kimi-code.json"
    place.parent.mkdir(parents=True)
    login = {"access_token": "test-cli-token-1", "refresh_token": "test-cli-refresh-1", "expires_at": 32503680000}
    place.write_text(json.dumps(login))
    hosts, variables = serve(case, ignored_headers=OWN_HEADERS | {"x-msh-device-id"})
    ended = codexbar.run("usage", "--provider", "kimi", "--json-only", **variables)
    (element,) = decode_usage(ended.stdout)
    assert (ended.returncode, element.source, element.usage.primary.used_percent) == (0, "cli", 10)
    assert (hosts.problems, hosts.unused()) == ([], [])
    made = home / ".kimi-code" / "device_id"
    assert made.is_file()
    assert json.loads(place.read_text()) == login
