"""What no recorded case of OpenCode can show: bytes that are no text, and what every request is made of."""

from __future__ import annotations

import json
import re

import pytest

from codexbar_providers.opencode import PROVIDER
from codexbar_providers.opencode.server import BILLING, SERVER_URL, SUBSCRIPTION, WORKSPACES, leads_to_sign_in
from codexbar_providers.opencode.session import cookie_query, session_of
from codexbar_qt.provider_api import Cookie, CookieCandidate, HttpResponse, ParseError, Secret, Source
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, parse_case
from codexbar_qt.provider_testing.fake_http import FakeHttp

MANUAL = {"cookieSource": "manual", "cookieHeader": "auth=test-session-1; theme=dark-theme", "workspaceID": "wrk_A"}


def ports(**more: object) -> CasePorts:
    case = {"why": "Any.", "now": "2030-01-08T12:00:00Z", "config": MANUAL, **more}
    return CasePorts.from_case(parse_case("case", json.dumps(case)), PROVIDER)


async def test_bytes_that_are_no_text_lead_to_the_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ports()

    async def send(http: FakeHttp, request: object) -> HttpResponse:
        http.requests.append(request)  # type: ignore[arg-type]
        return HttpResponse(200, b"\xff\xfe rollingUsage", SERVER_URL, made.context.clock.now())

    monkeypatch.setattr(FakeHttp, "send", send)
    result = await run_strategies(PROVIDER, made.context, Source.AUTO)
    assert isinstance(result.error, ParseError)
    assert result.error.message == "OpenCode answer could not be parsed: it is not UTF-8. Report it if it stays."
    # No second try by POST: that is for answers that can be read and hold no usage.
    assert [request.method for request in made.http.requests] == ["GET", "GET"]


async def test_every_call_has_an_instance_of_its_own_and_takes_no_other_cookie() -> None:
    subscription = f"{SERVER_URL}?id={SUBSCRIPTION}&args=%5B%22wrk_A%22%5D"
    bodies = [
        ("GET", f"{SERVER_URL}?id={WORKSPACES}", 'id:"wrk_A"'),
        ("GET", subscription, "{}"),
        ("POST", SERVER_URL, "null"),
    ]
    http = [{"method": method, "url": url, "body": body} for method, url, body in bodies]
    made = ports(config={key: MANUAL[key] for key in ("cookieSource", "cookieHeader")}, http=http)
    await run_strategies(PROVIDER, made.context, Source.AUTO)
    sent = made.http.requests
    assert [request.headers["X-Server-Id"] for request in sent] == [WORKSPACES, SUBSCRIPTION, SUBSCRIPTION, BILLING]
    instances = {str(request.headers["X-Server-Instance"]) for request in sent}
    assert len(instances) == len(sent)
    assert all(re.fullmatch(r"server-fn:[0-9a-f-]{36}", instance) for instance in instances)
    assert {request.headers["Cookie"] for request in sent} == {Secret("auth=test-session-1")}
    assert not any(request.follow_redirects for request in sent)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://auth.opencode.ai/", True),
        ("https://opencode.ai/auth/authorize?x=1", True),
        ("https://OPENCODE.ai/Login", True),
        ("https://opencode.ai/authors", False),
        ("https://opencode.ai/_server?next=/login", False),
        ("https://auth.opencode.ai.example.net/login", False),
        ("https://notopencode.ai/login", False),
        ("https://[broken/login", False),
        ("", False),
    ],
)
def test_where_people_sign_in(location: str, expected: bool) -> None:
    assert leads_to_sign_in(location) is expected


def test_only_chrome_is_asked_unless_a_person_asks() -> None:
    alone, asked = cookie_query(with_dia=False), cookie_query(with_dia=True)
    assert (alone.browsers.first, asked.browsers.first) == (("chrome",), ("chrome", "dia"))
    for query in (alone, asked):
        assert query.browsers.only
        assert query.names == ("auth", "__Host-auth")
        assert query.domains == ("opencode.ai", "app.opencode.ai")
        assert query.is_session(["theme", "auth"])
        assert not query.is_session(["Auth", "oauth", "auth2"])


def test_a_candidate_gives_only_auth_cookies_of_the_site() -> None:
    cookies = (
        Cookie("auth", Secret("test-session-1"), "app.opencode.ai"),
        Cookie("theme", Secret("dark-theme"), "opencode.ai"),
        Cookie("auth", Secret("test-session-2"), "opencode.ai"),
        Cookie("__Host-auth", Secret("test-session-3"), "docs.opencode.ai"),
    )
    candidate = CookieCandidate(Secret("all of them"), "Chrome Default", cookies=cookies)
    assert session_of(candidate) == Secret("auth=test-session-2")
    assert session_of(CookieCandidate(Secret("theme=dark-theme"), "Chrome", is_cached=True)) is None
