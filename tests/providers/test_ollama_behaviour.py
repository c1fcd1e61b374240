"""What no recorded case of Ollama can show: which addresses are whose, and which error is told."""

from __future__ import annotations

import json

import pytest

from codexbar_providers.ollama import PROVIDER, tell_error
from codexbar_providers.ollama.cookies import candidate_header, holds_session
from codexbar_providers.ollama.web import QUERY, SETTINGS_URL, is_own, is_sign_in
from codexbar_qt.core.account import AccountKey, AccountState, succeed
from codexbar_qt.core.plan_texts import plan_and_activity
from codexbar_qt.core.presenter import Look, present_card
from codexbar_qt.provider_api import (
    Attempt,
    AuthRejected,
    Cookie,
    CookieCandidate,
    InvalidSetting,
    MissingCredential,
    ProviderError,
    Secret,
    Source,
)
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, parse_case


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (SETTINGS_URL, True),
        ("https://www.ollama.com/", True),
        ("https://signin.ollama.com/x", True),
        ("https://OLLAMA.com:443/", True),
        ("http://ollama.com/settings", False),
        ("https://ollama.com:8443/settings", False),
        ("https://ollama.com.evil.com/settings", False),
        ("https://notollama.com/", False),
        ("https://ollama.com@evil.com/", False),
        ("https://user@ollama.com/", False),
        ("https://ollama.com:port/", False),
        ("", False),
    ],
)
def test_the_session_goes_to_the_site_alone(url: str, expected: bool) -> None:
    assert is_own(url) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ollama.com/signin", True),
        ("https://www.ollama.com/signin?next=/settings", True),
        ("https://signin.ollama.com/anything", True),
        ("https://api.workos.com/user_management/authorize?client_id=1", True),
        ("http://ollama.com/signin", False),
        ("https://ollama.com/signin/", False),
        ("https://docs.ollama.com/signin", False),
        ("https://workos.com/user_management/authorize", False),
        ("https://api.workos.com/sso/user_management/authorize", False),
        ("https://api.workos.com.evil.com/user_management/authorize", False),
    ],
)
def test_where_people_sign_in(url: str, expected: bool) -> None:
    assert is_sign_in(url) is expected


def test_chrome_is_asked_first_and_others_only_without_it() -> None:
    assert (QUERY.browsers.first, QUERY.browsers.only, QUERY.browsers.group) == (("chrome",), False, True)
    assert QUERY.domains == ("ollama.com", "www.ollama.com")
    assert QUERY.names == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("session", "__Secure-session", "wos-session", "next-auth.session-token.10")),
        *((name, False) for name in ("Session", "analytics_session_id", "next-auth.session-token.", "session.0")),
    ],
)
def test_names_of_a_session_are_exact(name: str, expected: bool) -> None:
    assert holds_session(["theme", name]) is expected


def test_a_candidate_gives_only_cookies_of_the_site() -> None:
    cookies = (
        Cookie("session", Secret("test-session-1"), "www.ollama.com"),
        Cookie("session", Secret("test-session-2"), "ollama.com"),
        Cookie("wos-session", Secret("test-session-3"), "signin.ollama.com"),
    )
    candidate = CookieCandidate(Secret("all of them"), "Chrome Default", cookies=cookies)
    assert candidate_header(candidate) == Secret("session=test-session-2")
    assert candidate_header(CookieCandidate(Secret("x"), "Chrome", cookies=cookies[2:])) is None


def test_the_error_that_helps_is_told() -> None:
    web, api = PROVIDER.strategies
    off = InvalidSetting("Off.", setting="cookieSource")
    ended, no_key, bad_key = AuthRejected("Ended."), MissingCredential("No key."), AuthRejected("Bad key.")

    def told(*errors: ProviderError) -> ProviderError:
        return tell_error([Attempt(strategy, error) for strategy, error in zip((web, api), errors, strict=False)])

    assert told(ended) is ended
    assert told(ended, no_key) is ended
    assert told(ended, bad_key) is bad_key
    assert told(off, no_key) is no_key
    assert told(off, bad_key) is bad_key
    assert told(off) is off


async def test_card_shows_plan_with_a_capital_and_the_note_of_a_key() -> None:
    keyed = {
        "why": "Any.",
        "now": "2030-01-08T12:00:00Z",
        "config": {"apiKey": "test-key-1"},
        "http": [
            {"method": "POST", "url": "https://ollama.com/api/web_search", "status": 400, "json": {}},
            {"url": "https://ollama.com/api/tags", "json": {"models": []}},
        ],
    }
    body = "Session usage 5% used<h2><span>Cloud Usage</span><span>max</span></h2>"
    paged = {
        **keyed,
        "config": {"cookieSource": "manual", "cookieHeader": "session=test-session-1"},
        "http": [{"url": SETTINGS_URL, "body": body}],
    }
    cards = []
    for case in (keyed, paged):
        ports = CasePorts.from_case(parse_case("case", json.dumps(case)), PROVIDER)
        result = await run_strategies(PROVIDER, ports.context, Source.AUTO)
        assert result.snapshot is not None
        now = ports.context.clock.now()
        state = succeed(AccountState(), result.snapshot, result.source, now)
        cards.append(present_card(PROVIDER.descriptor, AccountKey("ollama"), state, Look(), now))
        assert plan_and_activity(PROVIDER.descriptor, result.snapshot)[0] == cards[-1].plan_text
    by_key, by_page = cards
    assert (by_key.plan_text, by_key.rows, len(by_key.notes)) == ("API key", (), 1)
    assert by_key.notes[0].startswith("API key verified.")
    assert (by_page.plan_text, by_page.notes) == ("Max", ())
