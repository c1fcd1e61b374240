"""The fault matrix can fail: providers that do what they must not are caught, and one that does well is not."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.provider_api import (
    Command,
    FetchContext,
    JsonView,
    ParseError,
    Provider,
    ProviderDescriptor,
    ProviderError,
    RateWindow,
    RequestRefused,
    Secret,
    SecretSetting,
    ServiceUnavailable,
    Snapshot,
    Source,
    Strategy,
    bearer,
    raise_for_status,
)
from codexbar_qt.provider_testing import parse_case
from codexbar_qt.provider_testing.fault_injection import ANSWER_FAULTS, FAULTS, FILE_FAULTS, PROGRAM_FAULTS
from codexbar_qt.provider_testing.fault_matrix import FAMILIES, FaultMatrix, FaultReport, fault_table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from codexbar_qt.provider_api import HttpResponse

    Fetch = Callable[[FetchContext], Awaitable[Snapshot]]

URL = "https://api.acme.example.com/v1/usage"
TOKEN_URL = "https://login.acme.example.com/token"
CASE = parse_case(
    "good",
    json.dumps(
        {
            "why": "All ports are used.",
            "now": "2030-01-08T12:00:00Z",
            "config": {"apiKey": "test-key-1"},
            "http": [
                {"method": "POST", "url": TOKEN_URL, "json": {"access_token": "issued-token-1"}},
                {"url": URL, "json": {"used": 3, "limit": 10, "plan": "Pro", "tags": [1, None]}},
                {"url": "https://127.0.0.1:4711/left", "json": {"left": 7}},
            ],
            "programs": {"acme": "/opt/bin/acme"},
            "commands": [{"argv": ["acme", "status"], "stdout": '{"signed_in": true}'}],
            "holds": [{"argv": ["acme", "serve"], "pid": 70, "text": "ready"}],
            "processes": [{"pid": 71, "parent": 70, "command_line": "acme worker", "ports": [4711]}],
            "files": {
                "~/.acme/login.json": {"json": {"token": "test-token-1"}},
                "~/.acme/notes.txt": "any text",
                "~/.acme/state.db": {"tables": {"state": {"columns": ["key", "value"], "rows": [["plan", "{}"]]}}},
                "~/.acme/cache": {"dir": True},
            },
        }
    ),
)


async def ask(ctx: FetchContext) -> HttpResponse:
    key = await ctx.credentials.require("apiKey")
    return await ctx.http.get(URL, service="Acme", headers={"Authorization": bearer(key)})


def shown(view: JsonView, now: datetime) -> Snapshot:
    used, limit = view["used"].number(), view["limit"].number()
    percent = min(100.0, max(0.0, used / limit * 100)) if limit > 0 else 0.0
    return Snapshot(now, primary=RateWindow(percent))


async def careful(ctx: FetchContext) -> Snapshot:
    """Use every port, take every failure."""
    for part in (from_files, from_programs, from_ports):
        try:
            await part(ctx)
        except ProviderError as error:
            ctx.log.debug(f"Left out: {error.message}")
    key = await ctx.credentials.require("apiKey")
    issued = await ctx.http.post_json(TOKEN_URL, {"key": key.reveal()}, service="Acme")
    raise_for_status(issued, "Acme")
    token = Secret(issued.json()["access_token"].string())
    answer = await ctx.http.get(URL, service="Acme", headers={"Authorization": bearer(token)})
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def from_files(ctx: FetchContext) -> None:
    await ctx.files.read_text("~/.acme/login.json")
    await ctx.files.read_text("~/.acme/notes.txt")
    await ctx.files.query("~/.acme/state.db", "SELECT value FROM state")
    await ctx.files.list_dir("~/.acme/cache")


async def from_programs(ctx: FetchContext) -> None:
    program = await ctx.processes.find("acme")
    if program is not None:
        result = await ctx.processes.run(Command((program, "status"), 5.0))
        JsonView.from_text(result.stdout)["signed_in"].boolean()


async def from_ports(ctx: FetchContext) -> None:
    async with ctx.processes.hold(Command(("/opt/bin/acme", "serve"), 60.0), keep_seconds=60.0) as held:
        for process in await ctx.process_table.descendants(held.pid):
            for port in await ctx.process_table.listening_ports(process.pid):
                (await ctx.http.loopback(port).get(f"https://127.0.0.1:{port}/left", service="Acme")).json()


async def trusts_types(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    raise_for_status(answer, "Acme")
    body: Any = answer.json().raw
    return Snapshot(ctx.clock.now(), primary=RateWindow(body["used"] / body["limit"] * 100))


async def quotes_the_body(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    if answer.status != 200:
        raise RequestRefused(f"Acme said: {answer.text()[:200]}.")
    return shown(answer.json(), ctx.clock.now())


async def logs_the_body(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    ctx.log.debug(answer.text())
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def carries_the_key_on(ctx: FetchContext) -> Snapshot:
    key = await ctx.credentials.require("apiKey")
    return shown(await ctx.http.get_json(URL, service="Acme", headers={"X-Api-Token": key.reveal()}), ctx.clock.now())


async def tries_a_mirror(ctx: FetchContext) -> Snapshot:
    try:
        answer = await ask(ctx)
    except ProviderError:
        key = await ctx.credentials.require("apiKey")
        url = "https://mirror.example.net/v1/usage"
        answer = await ctx.http.get(url, service="Acme", headers={"Authorization": bearer(key)})
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def puts_the_key_into_the_url(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    if answer.status == 401:
        key = await ctx.credentials.require("apiKey")
        answer = await ctx.http.get(f"{URL}?key={key.reveal()}", service="Acme")
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def hangs(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    if answer.status >= 500:
        await asyncio.Event().wait()
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def is_deaf(ctx: FetchContext) -> Snapshot:
    while True:
        try:
            answer = await ask(ctx)
            break
        except asyncio.CancelledError:
            continue
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def leaves_a_task(ctx: FetchContext) -> Snapshot:
    asked = asyncio.create_task(ask(ctx))
    await asyncio.wait([asked], timeout=1.0)
    if not asked.done():
        raise ServiceUnavailable("Acme did not answer. Try again later.", reason="timeout")
    answer = asked.result()
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def passes_groups_on(ctx: FetchContext) -> Snapshot:
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(ask(ctx))
    raise_for_status(asked.result(), "Acme")
    return shown(asked.result().json(), ctx.clock.now())


async def shows_the_key(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    if answer.status == 404:
        key = await ctx.credentials.require("apiKey")
        return Snapshot(ctx.clock.now(), note=f"Nothing for {key.reveal()}.")
    raise_for_status(answer, "Acme")
    return shown(answer.json(), ctx.clock.now())


async def shouts(ctx: FetchContext) -> Snapshot:
    try:
        return shown((await ask(ctx)).json(), ctx.clock.now())
    except ParseError:
        raise ParseError("oh no\nwhat is that!") from None


async def believes_numbers(ctx: FetchContext) -> Snapshot:
    answer = await ask(ctx)
    raise_for_status(answer, "Acme")
    body = answer.json()
    return Snapshot(ctx.clock.now(), primary=RateWindow(body["used"].number()))


async def trusts_programs(ctx: FetchContext) -> Snapshot:
    program = await ctx.processes.find("acme")
    assert program is not None
    result = await ctx.processes.run(Command((program, "status"), 5.0))
    return Snapshot(ctx.clock.now(), note=str(json.loads(result.stdout)["signed_in"]))


async def hands_the_key_to_a_program(ctx: FetchContext) -> Snapshot:
    key = await ctx.credentials.require("apiKey")
    await ctx.processes.run(Command(("/opt/bin/acme", "status", key.reveal()), 5.0))
    return Snapshot(ctx.clock.now())


async def asks_strange_ports(ctx: FetchContext) -> Snapshot:
    for process in await ctx.process_table.find(lambda line: "acme" in line):
        ports = await ctx.process_table.listening_ports(process.pid)
        port = ports[0] if ports else 9999
        await ctx.http.loopback(port).get(f"https://127.0.0.1:{port}/left", service="Acme")
    return Snapshot(ctx.clock.now())


async def trusts_files(ctx: FetchContext) -> Snapshot:
    login = json.loads(await ctx.files.read_text("~/.acme/login.json") or "{}")
    return Snapshot(ctx.clock.now(), note=f"{len(login['token'])} letters.")


async def saves_nothing(ctx: FetchContext) -> Snapshot:
    answer = await ctx.http.post_json(TOKEN_URL, {}, service="Acme")
    raise_for_status(answer, "Acme")
    found = answer.json().get("access_token")
    await ctx.credentials.save_rotated("apiKey", Secret("" if found is None else found.string()))
    return Snapshot(ctx.clock.now())


BAD = [
    (trusts_types, "contents", "wrong type at a leaf", "is outside the error tree"),
    (trusts_types, "contents", "null at a leaf", "is outside the error tree"),
    (quotes_the_body, "answers", "401", "a secret shows in the message"),
    (quotes_the_body, "answers", "500", "somebody's address shows in the message"),
    (logs_the_body, "answers", "403", "a secret shows in the log"),
    (logs_the_body, "answers", "login page", "somebody's address shows in the log"),
    (carries_the_key_on, "answers", "redirect elsewhere", "'apiKey' went to elsewhere.example.net"),
    (tries_a_mirror, "answers", "connect refused", "'apiKey' went to mirror.example.net"),
    (puts_the_key_into_the_url, "answers", "401", "a secret is in the URL"),
    (hangs, "answers", "503", "it hung for 30 s although nothing stalled"),
    (is_deaf, "answers", "stall past the limit", "was left behind"),
    (leaves_a_task, "answers", "stall past the limit", "the task ask was left behind"),
    (passes_groups_on, "answers", "DNS failure", "ExceptionGroup is outside the error tree: ServiceUnavailable"),
    (shows_the_key, "answers", "404", "the apiKey shows in the snapshot"),
    (shouts, "answers", "login page", "is not a plain sentence"),
    (shouts, "answers", "empty body", "is not one short line"),
    (believes_numbers, "contents", "wrong type at a leaf", "more than 100 percent"),
    (trusts_programs, "programs", "program missing", "AssertionError is outside the error tree"),
    (trusts_programs, "programs", "program prints garbage", "is outside the error tree"),
    (hands_the_key_to_a_program, "programs", "program hangs", "a secret is in the arguments of a command"),
    (asks_strange_ports, "programs", "program exits with 1", "the ports [9999] belong to nobody"),
    (trusts_files, "files", "file binary", "is outside the error tree"),
    (trusts_files, "files", "file's content damaged", "is outside the error tree"),
    (saves_nothing, "contents", "null at a leaf", "nothing was saved as apiKey"),
]


def provider_with(fetch: Fetch) -> Provider:
    settings = (SecretSetting("apiKey", "API key", env=("ACME_API_KEY",)),)
    descriptor = ProviderDescriptor(id="acme", name="Acme", color="#112233", order=1000, settings=settings)
    return Provider(descriptor, strategies=(Strategy(Source.API, fetch),))


def above_hundred(_: Provider, snapshot: Snapshot, now: datetime) -> Iterator[str]:
    del now
    if snapshot.primary and snapshot.primary.used_percent > 100:
        yield "more than 100 percent"


@pytest.mark.parametrize(
    ("fetch", "family", "fault", "told"), [pytest.param(*item, id=f"{item[0].__name__}-{item[2]}") for item in BAD]
)
def test_a_bad_provider_is_caught(fetch: Fetch, family: str, fault: str, told: str) -> None:
    report = FaultMatrix(provider_with(fetch), [CASE], check=above_hundred).run(family)
    assert report.failures[fault]
    assert any(f", {fault}, " in problem and told in problem for problem in report.problems), report.problems


@pytest.mark.parametrize("family", FAMILIES)
def test_a_careful_provider_passes(family: str) -> None:
    report = FaultMatrix(provider_with(careful), [CASE], check=above_hundred).run(family)
    assert report.problems == ()
    assert sum(report.counts.values()) > 30
    assert not any(report.failures.values())


def test_every_fault_is_injected() -> None:
    matrix = FaultMatrix(provider_with(careful), [CASE])
    counts = {fault for family in FAMILIES for fault, count in matrix.run(family).counts.items() if count}
    assert counts == set(FAULTS)
    assert set(ANSWER_FAULTS) | set(PROGRAM_FAULTS) | set(FILE_FAULTS) == counts


def test_a_key_may_go_where_another_case_sends_it_too() -> None:
    mirror = "https://mirror.example.net/v1/usage"
    told = json.dumps(
        {
            "why": "The mirror stands in.",
            "now": "2030-01-08T12:00:00Z",
            "config": {"apiKey": "test-key-2"},
            "http": [{"url": URL, "fault": "connect"}, {"url": mirror, "json": {"used": 1, "limit": 2}}],
        }
    )
    matrix = FaultMatrix(provider_with(tries_a_mirror), [CASE, parse_case("mirror", told)])
    assert matrix.run("answers").problems == ()


def test_a_foreign_key_in_a_case_of_its_own_stays_there() -> None:
    own = replace(CASE, name="own", config={"apiKey": "test-key-3"})
    matrix = FaultMatrix(provider_with(tries_a_mirror), [own])
    assert "'apiKey' went to mirror.example.net" in matrix.run("answers").problems[0]


def test_the_table_has_a_row_for_every_fault_and_marks_failures() -> None:
    good = FaultReport("acme", {"401": 3, "404": 2}, {"401": 0}, ())
    bad = FaultReport("zeta", {"401": 4}, {"401": 1}, ("it broke",))
    lines = fault_table([good, good, bad]).splitlines()
    assert lines[0].split() == ["fault", "acme", "zeta", "all"]
    assert [line.split() for line in lines if line.startswith("401")] == [["401", "6", "4!", "10"]]
    assert [line.split() for line in lines if line.startswith("404")] == [["404", "4", "-", "4"]]
    assert lines[-1].split() == ["all", "10", "4", "14"]
    assert len(lines) == 4
