"""The parts of the fault matrix: the loop that skips waits, damaged documents, the client, where credentials may go."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from codexbar_qt.provider_api import (
    HttpRequest,
    InvalidSetting,
    JsonView,
    ParseError,
    Provider,
    ProviderDescriptor,
    RequestRefused,
    Secret,
    SecretSetting,
    ServiceUnavailable,
)
from codexbar_qt.provider_testing import FakeClock, HttpAnswer, parse_case
from codexbar_qt.provider_testing import fault_contents as contents
from codexbar_qt.provider_testing.fault_answers import answer_faults, gzip_bomb, huge_body
from codexbar_qt.provider_testing.fault_http import ELSEWHERE, FaultHttp
from codexbar_qt.provider_testing.fault_injection import Seen
from codexbar_qt.provider_testing.fault_loop import SkippingLoop
from codexbar_qt.provider_testing.fault_reach import Reach, credentials_of
from codexbar_qt.provider_testing.fault_run import LogKeeper, cause_of
from codexbar_qt.provider_testing.leaks import named_secrets

if TYPE_CHECKING:
    from collections.abc import Coroutine

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
URL = "https://api.acme.example.com/v1/usage"
PROVIDER = Provider(
    ProviderDescriptor(
        id="acme",
        name="Acme",
        color="#112233",
        order=1000,
        settings=(SecretSetting("apiKey", "API key", env=("ACME_API_KEY",)),),
    ),
    strategies=(),
)


def skip(work: Coroutine[Any, Any, Any]) -> Any:
    with closing(SkippingLoop()) as loop:
        return loop.run_until_complete(work)


def test_waits_pass_at_once_and_are_counted() -> None:
    async def wait() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.gather(asyncio.sleep(3600), asyncio.sleep(1800))
        return loop.time() - begun

    assert skip(wait()) == pytest.approx(3600)


def test_time_limits_come_in_order_and_threads_take_no_time() -> None:
    async def wait() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        async with asyncio.timeout(1):
            found = await asyncio.to_thread(sum, (1, 2))
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(divmod, 1, 0)
        return found, loop.time()

    assert skip(wait()) == (3, pytest.approx(30))


def test_the_loop_knows_its_tasks() -> None:
    async def work() -> list[str]:
        loop = cast("SkippingLoop", asyncio.get_running_loop())
        loop.made.clear()
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(1), name="one")
        return [task.get_name() for task in loop.made if task.done()]

    assert skip(work()) == ["one"]


def test_every_place_is_damaged_in_every_way() -> None:
    damaged = dict(contents.wrong_types({"a": 1, "b": {"c": "x", "d": [True, None]}}))
    assert {place.partition(" ")[0] for place in damaged} == {
        "$",
        "$.a",
        "$.b",
        "$.b.c",
        "$.b.d",
        "$.b.d[0]",
        "$.b.d[1]",
    }
    assert json.loads(damaged["$.b.c = 7"]) == {"a": 1, "b": {"c": 7, "d": [True, None]}}
    assert '"a": 1e400' in damaged["$.a = 1e400"]
    assert len([place for place in damaged if place.startswith("$.a ")]) == len(contents.SCALARS) + len(
        contents.NUMBERS
    )


def test_no_damage_leaves_a_document_as_it_was() -> None:
    document = {"a": True, "b": 7, "c": [], "d": {}, "e": contents.ECHO, "f": "NaN", "g": -1}
    texts = [text for _, text in (*contents.wrong_types(document), *contents.nulls(document))]
    assert json.dumps(document) not in texts


def test_a_known_document_is_damaged_once_per_place() -> None:
    document = {"a": 1, "b": "x", "c": [None]}
    once = list(contents.wrong_types(document, thorough=False))
    assert [place.partition(" ")[0] for place, _ in once] == ["$", "$.c", "$.a", "$.b", "$.c[0]"]
    seen = Seen()
    assert [seen.is_new(*key) for key in (("a", "x"), ("a", "x"), ("b", "x"), ("a", b"x"))] == [True, False, True, True]


def test_documents_that_differ_in_values_only_are_one() -> None:
    assert contents.shape('{"a": 1, "b": [{"c": "x"}]}') == contents.shape(b'{"b": [{"c": "y"}, {"c": ""}], "a": 2}')
    others = ('{"a": 1}', '{"a": "1"}', '{"a": "x"}', '{"a": null}', '{"a": [1]}', '{"b": 1}', "[1]", "x", "y")
    assert len({contents.shape(text) for text in others}) == len(others)


def test_large_documents_are_sampled() -> None:
    document = {"rows": [{"value": number} for number in range(1000)]}
    places = {place.partition(" ")[0] for place, _ in contents.nulls(document)}
    assert len([place for place in places if place.endswith("value")]) == contents.MOST_LEAVES
    assert len(places) == contents.MOST_LEAVES + contents.MOST_CONTAINERS


def test_deep_nesting_goes_beyond_the_parser_and_up_to_it() -> None:
    texts = dict(contents.deep_nesting({"a": 1}))
    for name in ("lists in lists", "objects in objects"):
        with pytest.raises(ParseError):
            JsonView.from_text(texts.pop(name))
    assert set(texts) == {"$ is nested", "$.a is nested"}
    assert all(JsonView.from_text(text).raw for text in texts.values())


@pytest.mark.parametrize("text", ["", "{}", "[]", "no", "7", b"\xff\xfe", "[" * 100_000])
def test_what_is_no_document(text: str | bytes) -> None:
    assert contents.decode(text) is None


def ask(http: FaultHttp, url: str = URL, **options: Any) -> Any:
    headers: dict[str, str | Secret] = {"Authorization": Secret("Bearer test-key-1"), "Accept": "application/json"}
    return skip(http.send(HttpRequest(options.pop("method", "GET"), url, "Acme", headers, **options)))


def client(*answers: HttpAnswer, **options: Any) -> FaultHttp:
    return FaultHttp(answers, FakeClock(NOW), **options)


def test_the_last_answer_is_given_again_and_a_stranger_is_refused() -> None:
    http = client(HttpAnswer("GET", URL, body=b"1"), HttpAnswer("GET", URL, body=b"2"))
    assert [ask(http).body for _ in range(3)] == [b"1", b"2", b"2"]
    with pytest.raises(ServiceUnavailable, match="refused the connection"):
        ask(http, f"{URL}/other")
    assert len(http.requests) == 4


def test_a_body_repeats_what_was_sent() -> None:
    echoed = ask(client(HttpAnswer("GET", URL, body=f'"{contents.ECHO}"'.encode()))).json().string()
    assert echoed == "Authorization: Bearer test-key-1; Accept: application/json"


def test_a_stall_ends_with_the_limit_of_the_request_or_never() -> None:
    stalled = HttpAnswer("GET", URL)
    with pytest.raises(ServiceUnavailable, match="within 4 seconds") as caught:
        ask(client(stalled, stalled=stalled), timeout=4.0)
    assert caught.value.reason == "timeout"

    async def wait() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await client(stalled, stalled=stalled, patient=True).send(HttpRequest("GET", URL, "Acme"))
        return asyncio.get_running_loop().time()

    assert skip(wait()) == pytest.approx(60)


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_elsewhere_takes_no_secret_along(status: int) -> None:
    http = client(HttpAnswer("GET", URL, status=status, headers={"location": ELSEWHERE}), HttpAnswer("GET", ELSEWHERE))
    assert ask(http).url == ELSEWHERE
    assert [dict(request.headers) for request in http.requests][1] == {"Accept": "application/json"}


def test_redirects_that_are_not_followed() -> None:
    there = HttpAnswer("POST", URL, status=307, headers={"location": ELSEWHERE})
    plain = HttpAnswer("GET", URL, status=302, headers={"location": "http://elsewhere.example.net/"})
    loop = HttpAnswer("GET", URL, status=307, headers={"location": URL})
    tries: list[tuple[FaultHttp, dict[str, Any]]] = [
        (client(there), {"method": "POST", "body": b"{}"}),
        (client(plain), {}),
        (client(loop), {}),
        (client(loop), {"follow_redirects": False}),
    ]
    for http, options in tries:
        with pytest.raises(RequestRefused):
            ask(http, **options)
        assert {request.url for request in http.requests} == {URL}


def test_large_and_packed_bodies_are_not_read() -> None:
    for answer in (
        HttpAnswer("GET", URL, body=huge_body()),
        HttpAnswer("GET", URL, body=gzip_bomb(), headers={"content-encoding": "gzip"}),
    ):
        with pytest.raises(ParseError, match="too much data"):
            ask(client(answer))
    assert len(gzip_bomb()) < 100_000


def test_loopback_asks_its_own_port_only() -> None:
    here = "https://127.0.0.1:4711/left"
    http = client(HttpAnswer("GET", here, body=b"1"))
    port = http.loopback(4711)
    assert skip(port.send(HttpRequest("GET", here, "Acme"))).body == b"1"
    with pytest.raises(InvalidSetting):
        skip(port.send(HttpRequest("GET", URL, "Acme")))
    assert http.ports == {4711}


def test_a_status_comes_with_a_document_and_with_a_page_in_turn() -> None:
    case = parse_case("two", json.dumps({"why": "Two.", "now": "2030-01-08T12:00:00Z", "http": [{"url": URL}] * 2}))
    found = [injection for injection in answer_faults(case, Seen()) if injection.fault == "401"]
    bodies = [injection.case.http[index].body for index, injection in enumerate(found)]
    assert {body[:1] for body in bodies} == {b"{", b"<"}
    assert all(contents.PERSON.encode() in body and contents.ECHO.encode() in body for body in bodies)


def test_an_address_meets_every_failure_once_and_then_one_of_those_alike() -> None:
    case = parse_case("one", json.dumps({"why": "One.", "now": "2030-01-08T12:00:00Z", "http": [{"url": URL}]}))
    seen = Seen()
    first, *later = ([injection.fault for injection in answer_faults(case, seen)] for _ in range(4))
    assert set(first) >= {"connect refused", "DNS failure", "TLS failure", "429 bare", "429 with a date", "gzip bomb"}
    assert all(set(faults) >= {"reset mid-body", "401", "403", "404", "empty body", "login page"} for faults in later)
    assert [sum(fault.startswith("429") for fault in faults) for faults in later] == [1, 1, 1]
    assert {fault for faults in later for fault in faults} == set(first)


def request_to(url: str, text: str) -> HttpRequest:
    return HttpRequest("GET", url, "Acme", {"Authorization": Secret(text)})


def test_credentials_stay_where_undisturbed_runs_sent_them() -> None:
    known, other = {"test-key-1": "apiKey"}, {"test-key-2": "apiKey"}
    own, official, spare = "https://own.example.com/", "https://a.example.com/", "https://b.example.com/"
    reach = Reach()
    first = reach.learn(known, [request_to(official, "Bearer test-key-1")])
    reach.learn(other, [request_to(official, "Bearer test-key-2"), request_to(spare, "Bearer test-key-2")])
    third = reach.learn({"test-key-3": "apiKey"}, [request_to(own, "test-key-3")])

    assert reach.problems(known, first, [request_to(official, "test-key-1"), request_to(spare, "test-key-1")]) == []
    assert reach.problems(known, {}, [request_to(own, "test-key-1")]) == []
    told = reach.problems(known, first, [request_to("https://evil.example.net/", "test-key-1")])
    assert told == ["the credential 'apiKey' went to evil.example.net in header authorization"]
    assert (
        "went to a.example.com"
        in reach.problems({"test-key-3": "apiKey"}, third, [request_to(official, "test-key-3")])[0]
    )
    assert "in the URL" in reach.problems(known, first, [HttpRequest("GET", f"{own}?k=test-key-1", "Acme")])[0]
    assert "in the body" in reach.problems(known, first, [HttpRequest("POST", own, "Acme", body=b"k=test-key-1")])[0]
    assert reach.problems(known, first, [request_to(spare, "a damaged token")]) == []
    assert reach.problems(known, first, [request_to("https://evil.example.net/", "a damaged token")])
    assert reach.problems(known, first, [HttpRequest("GET", "http://a.example.com/test-key-1", "Acme")])


def test_secrets_have_the_names_of_their_places() -> None:
    told = {
        "why": "Secrets everywhere.",
        "now": "2030-01-08T12:00:00Z",
        "config": {"apiKey": "test-key-1", "pluginSecrets": {"ACME_ADMIN": "test-key-2"}},
        "env": {"ACME_API_KEY": "test-key-3", "OTHER_TOKEN": "test-key-4", "ACME_HOME": "/opt/acme"},
        "files": {"~/login.json": {"json": {"token": "test-key-5", "name": "somebody"}}},
        "http": [{"url": URL, "json": {"access_token": "test-key-6", "token_type": "Bearer"}}],
        "processes": [
            {"pid": 1, "command_line": "serve --csrf_token test-key-7 --api-key=test-key-8 --token --port 1"}
        ],
    }
    case = parse_case("secrets", json.dumps(told))
    expected = {
        "test-key-1": "apiKey",
        "test-key-2": "ACME_ADMIN",
        "test-key-3": "apiKey",
        "test-key-4": "OTHER_TOKEN",
        "test-key-5": "token",
    }
    assert named_secrets(case, PROVIDER) == expected
    assert credentials_of(case, PROVIDER) == {
        **expected,
        "test-key-6": "issued access_token",
        "test-key-7": "command line csrf_token",
        "test-key-8": "command line api-key",
    }


@pytest.mark.logs_warnings
def test_the_log_is_kept_with_its_tracebacks() -> None:
    level = logging.getLogger().level
    with LogKeeper() as log:
        logging.getLogger("acme").debug("a remark")
        try:
            raise ValueError("the cause")
        except ValueError:
            logging.getLogger("acme").exception("a failure")
        lines = log.take()
        assert log.take() == []
    assert lines[0] == "DEBUG acme: a remark"
    assert "the cause" in lines[1]
    assert logging.getLogger().level == level


def test_the_cause_of_a_group_is_its_first_exception() -> None:
    group = ExceptionGroup("many", [ExceptionGroup("more", [KeyError("used")]), ValueError("x")])
    assert cause_of(group).startswith("KeyError \"'used'\"")
