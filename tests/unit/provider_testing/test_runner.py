"""The runner fails a case for everything that is wrong with it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import (
    AuthRejected,
    Command,
    CostSummary,
    DetailRow,
    DetailSection,
    FetchContext,
    Identity,
    NamedWindow,
    Provider,
    ProviderDescriptor,
    RateLimited,
    RateWindow,
    Secret,
    SecretSetting,
    Snapshot,
    Source,
    SpendRow,
    Strategy,
    bearer,
)
from codexbar_qt.provider_api.fallback import FetchResult
from codexbar_qt.provider_testing import CaseReport, check_result, parse_case, run_case, secret_texts

if TYPE_CHECKING:
    from codexbar_qt.provider_api.descriptor import FetchFunction

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
URL = "https://example.com/x"
SETTINGS = (SecretSetting("apiKey", "API key", env=("ACME_ID",)),)
SNAPSHOT = Snapshot(
    NOW,
    primary=RateWindow(33.3333, 300, NOW),
    extra_windows=(NamedWindow("a", "A", RateWindow(1)),),
    details=(DetailSection((DetailRow("Today", "$1.00"), DetailRow("Week", "$2.00")), title="Spend"),),
    spend=CostSummary("USD", 30, (SpendRow(date(2030, 1, 2), "m", 0.1 + 0.2, 1, 2, 0, 1),), NOW),
    identity=Identity(login_method="Pro"),
)


async def run(fetch: FetchFunction, **parts: object) -> CaseReport:
    provider = Provider(
        ProviderDescriptor("acme", "Acme", "#112233", 1, settings=SETTINGS), (Strategy(Source.API, fetch),)
    )
    return await run_case(
        provider, parse_case("case", json.dumps({"why": "Any.", "now": "2030-01-08T12:00:00Z", **parts}))
    )


async def good(ctx: FetchContext) -> Snapshot:
    return replace(SNAPSHOT, updated_at=ctx.clock.now())


def refusing(message: str) -> FetchFunction:
    async def fetch(ctx: FetchContext) -> Snapshot:
        raise AuthRejected(message)

    return fetch


GOOD_EXPECTATIONS: list[dict[str, object]] = [
    {"source": "api", "attempts": ["api"]},
    {"updated_at": "2030-01-08T13:00:00+01:00", "secondary": None, "tertiary": None},
    {"primary.used_percent": {"near": 33.33, "within": 0.01}, "primary.window_minutes": 300},
    {"extra_windows": [{"id": "a", "window": {"used_percent": 1}}], "extra_windows[0].title": "A"},
    {"details[0].rows[1].value": "$2.00", "details[Spend].rows[Today].value": {"matches": "^\\$1"}},
    {"spend.rows": [{"day": "2030-01-02", "cost": 0.3}], "identity": {"login_method": "Pro", "email": None}},
]


@pytest.mark.parametrize("expect", GOOD_EXPECTATIONS)
async def test_good_expectations(expect: dict[str, object]) -> None:
    report = await run(good, expect=expect)
    assert report.problems == ()
    assert report.result is not None
    assert report.result.snapshot == SNAPSHOT


@pytest.mark.parametrize(
    ("expect", "problem"),
    [
        ({"source": "web"}, "source is api, expected web"),
        ({"attempts": ["web"]}, "attempts are ['api'], expected ['web']"),
        ({"error": "AuthRejected"}, "expected AuthRejected, got a snapshot"),
        ({"primary.used_percent": 33}, "primary.used_percent is 33.3333, expected 33"),
        ({"primary.used_percent": "33.3333"}, "primary.used_percent is 33.3333, expected '33.3333'"),
        ({"primary.used_percent": {"near": 30}}, "primary.used_percent is 33.3333, expected 30 within 0.01"),
        ({"primary.window_minutes": True}, "primary.window_minutes is 300, expected True"),
        ({"primary": None}, "expected None"),
        ({"secondary.used_percent": 1}, "secondary.used_percent does not exist"),
        ({"primary.used": 1}, "primary.used does not exist"),
        ({"primary.resets_at": "2030-01-08T12:00:01Z"}, "primary.resets_at is 2030-01-08T12:00:00+00:00"),
        ({"primary.resets_at": None}, "primary.resets_at is 2030-01-08T12:00:00+00:00, expected None"),
        ({"extra_windows": []}, "extra_windows has 1 items, expected 0"),
        ({"extra_windows": [{"id": "b"}]}, "extra_windows[0].id is 'a', expected 'b'"),
        ({"extra_windows": [{"name": "b"}]}, "extra_windows[0].name does not exist"),
        ({"extra_windows[4].id": "a"}, "extra_windows[4].id does not exist"),
        ({"details[Other].rows": []}, "details[Other].rows does not exist"),
        ({"primary[0]": 1}, "primary[0] does not exist"),
        ({"identity": []}, "expected a list"),
        ({"identity.login_method": {"matches": "Free"}}, "expected a text matching Free"),
        ({"tray_text": "33"}, "tray_text cannot be checked"),
        ({"log_has": ["something"]}, "no log remark has 'something'"),
    ],
)
async def test_bad_expectations(expect: dict[str, object], problem: str) -> None:
    report = await run(good, expect=expect)
    assert len(report.problems) == 1
    assert problem in report.problems[0]


@pytest.mark.parametrize(
    ("expect", "problems"),
    [
        ({"error": "AuthRejected"}, []),
        ({"error": "AuthRejected", "message": "Refused. Sign in again.", "attempts": ["api:AuthRejected"]}, []),
        ({"error": "AuthRejected", "message_has": ["Sign in"], "message_lacks": ["body"]}, []),
        ({"source": "api"}, ["expected a snapshot, got AuthRejected: Refused. Sign in again."]),
        ({"error": "ParseError"}, ["error is AuthRejected, expected ParseError: Refused. Sign in again."]),
        ({"error": "AuthRejected", "message": "No."}, ["message is 'Refused. Sign in again.', expected 'No.'"]),
        ({"error": "AuthRejected", "message_has": ["body"]}, ["message lacks 'body': 'Refused. Sign in again.'"]),
        ({"error": "AuthRejected", "message_lacks": ["Sign"]}, ["message has 'Sign': 'Refused. Sign in again.'"]),
        ({"error": "AuthRejected", "error.status": 1}, ["error.status does not exist"]),
        ({"error": "AuthRejected", "primary": None}, ["primary cannot be checked: the fetch failed with AuthRejected"]),
    ],
)
async def test_errors(expect: dict[str, object], problems: list[str]) -> None:
    assert list((await run(refusing("Refused. Sign in again."), expect=expect)).problems) == problems


def test_waits_are_compared_in_seconds() -> None:
    result = FetchResult("auto", error=RateLimited("Wait.", retry_after=timedelta(seconds=30)))
    assert check_result(result, {"error": "RateLimited", "error.retry_after": 30}) == []
    assert check_result(result, {"error": "RateLimited", "error.retry_after": 31}) != []


def test_naive_times_do_not_pass() -> None:
    naive = Snapshot(NOW.replace(tzinfo=None))
    assert check_result(FetchResult("api", naive), {"updated_at": "2030-01-08T12:00:00Z"}) != []


@pytest.mark.parametrize("message", ["refused.", "Refused", "Refused!", "Please sign in.", "Sign in, please.", ""])
async def test_messages_are_sentences(message: str) -> None:
    report = await run(refusing(message), expect={"error": "AuthRejected"})
    assert report.problems
    assert all("sentence" in problem for problem in report.problems)


@pytest.mark.parametrize("message", ["'web' is refused.", "kiro-cli failed.", "3 tries failed."])
async def test_sentences_may_start_with_a_name(message: str) -> None:
    assert (await run(refusing(message), expect={"error": "AuthRejected"})).problems == ()


async def test_exceptions_outside_the_tree() -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        raise ValueError("oops")

    report = await run(fetch, http=[{"url": URL}])
    assert report.result is None
    assert report.problems == ("ValueError is outside the error tree: oops", f"recorded answer not used: GET {URL}")


async def test_tasks_left_behind() -> None:
    left: list[asyncio.Task[None]] = []

    async def fetch(ctx: FetchContext) -> Snapshot:
        left.append(asyncio.create_task(asyncio.sleep(60)))
        return SNAPSHOT

    assert (await run(fetch)).problems == ("1 tasks were left behind",)
    left[0].cancel()


async def test_unused_and_unexpected_recordings() -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        await ctx.files.write_private_text("~/x", "y")
        await ctx.http.get(URL, service="Acme")
        return SNAPSHOT

    report = await run(fetch, http=[{"url": URL + "2", "optional": True}, {"url": URL + "3"}])
    assert f"unexpected request: GET {URL}" in report.problems
    assert f"recorded answer not used: GET {URL}3" in report.problems
    assert "unexpected write: ~/x" in report.problems
    assert not any("2" in problem for problem in report.problems[2:] if "not used" in problem and "x2" in problem)


KEY = "test-key-1"


def sending(url: str = URL, **headers: str | Secret) -> FetchFunction:
    async def fetch(ctx: FetchContext) -> Snapshot:
        await ctx.http.get(url, service="Acme", headers=headers)
        return SNAPSHOT

    return fetch


async def test_a_credential_goes_only_where_a_recording_names_it() -> None:
    named = [{"url": URL, "request": {"headers": {"authorization": f"Bearer {KEY}"}}}]
    fetch = sending(Authorization=bearer(Secret(KEY)))
    assert (await run(fetch, config={"apiKey": KEY}, http=named)).problems == ()
    report = await run(fetch, config={"apiKey": KEY}, http=[{"url": URL}])
    assert report.problems == (
        f"GET {URL}: credential header Authorization goes to example.com, which no recorded request names",
    )


async def test_a_credential_is_a_secret() -> None:
    named = [{"url": URL, "request": {"headers": {"x-key": KEY}}}]
    report = await run(sending(**{"X-Key": KEY}), config={"apiKey": KEY}, http=named)
    assert report.problems == (f"GET {URL}: header X-Key holds a credential as plain text; make it a Secret",)


async def test_a_credential_in_a_url() -> None:
    report = await run(sending(f"{URL}?key={KEY}"), env={"ACME_ID": KEY}, http=[{"url": f"{URL}?key={KEY}"}])
    assert report.problems == ("a secret is in the URL: example.com",)


async def test_a_credential_in_a_message_or_a_remark() -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        ctx.log.debug(f"asking with {KEY}")
        raise AuthRejected(f"The key {KEY} is refused.")

    report = await run(fetch, config={"apiKey": KEY}, expect={"error": "AuthRejected"})
    assert report.problems == ("a secret shows in the message of AuthRejected", "a secret shows in a log remark")


async def test_a_credential_in_the_result() -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        return replace(SNAPSHOT, identity=Identity(email=KEY))

    assert (await run(fetch, config={"apiKey": KEY})).problems == ("a secret shows in the result",)


async def test_a_credential_in_arguments() -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        await ctx.processes.run(Command(("tool", KEY), 5))
        return SNAPSHOT

    report = await run(fetch, config={"apiKey": KEY}, commands=[{"argv": ["tool", KEY]}])
    assert report.problems == ("a secret is in the arguments of a command",)


def test_secret_texts() -> None:
    parts = {
        "why": "Any.",
        "now": "2030-01-08T12:00:00Z",
        "config": {
            "apiKey": " 'config-key' ",
            "cookieHeader": "sid=cookie-value; theme=dark-blue",
            "secretKey": "short",
            "enterpriseHost": "https://example.com",
            "pluginSecrets": {"ANY": "plugin-value"},
            "tokenAccounts": {"accounts": [{"label": "label-text", "token": "account-token"}]},
        },
        "env": {
            "ACME_ID": "declared-value",
            "MY_TOKEN": '"token-value"',
            "SOME_HOME": "home-value",
            "AUTHOR": "author-name",
        },
        "files": {
            "~/a.json": {
                "json": {"access_token": "file-token", "name": "file-name", "nested": [{"apiKey": "nested-key"}]}
            },
            "~/b.txt": "not json",
            "~/db": {
                "tables": {
                    "auth": {
                        "columns": ["key", "value"],
                        "rows": [
                            ["odic:token", '{"access_token": "row-token"}'],
                            ["my:cookie", "row-cookie"],
                            ["plain", "row-plain"],
                        ],
                    }
                }
            },
        },
    }
    provider = Provider(ProviderDescriptor("acme", "Acme", "#112233", 1, settings=SETTINGS), ())
    assert secret_texts(parse_case("case", json.dumps(parts)), provider) == {
        "config-key",
        "sid=cookie-value; theme=dark-blue",
        "cookie-value",
        "dark-blue",
        "plugin-value",
        "account-token",
        "declared-value",
        "token-value",
        "file-token",
        "nested-key",
        "row-token",
        "row-cookie",
    }


async def test_tray_text() -> None:
    provider = Provider(
        ProviderDescriptor("acme", "Acme", "#112233", 1),
        (Strategy(Source.API, good),),
        tray_text=lambda snapshot, choices: f"{choices['shown']} {snapshot.updated_at:%H}",
    )
    parts = {"why": "Any.", "now": "2030-01-08T12:00:00Z", "preferences": {"shown": "at"}}
    for wanted, problems in (("at 12", 0), ("at 13", 1)):
        text = json.dumps({**parts, "expect": {"tray_text": wanted}})
        assert len((await run_case(provider, parse_case("case", text))).problems) == problems
