"""What no recorded answer can show: the button that takes a session anew, and the steps that keep one alive."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codexbar_providers.augment import PROVIDER, told_error
from codexbar_providers.augment.renewal import KEEPALIVE, REFRESH, RENEWAL_URLS
from codexbar_providers.augment.session import parse_stored, write_stored
from codexbar_qt.provider_api import (
    AuthRejected,
    Cookie,
    CookieCandidate,
    InvalidSetting,
    MissingCredential,
    ParseError,
    ProviderError,
    RateLimited,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    ToolFailed,
)
from codexbar_qt.provider_testing import CasePorts, parse_case

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDITS = "https://app.augmentcode.com/api/credits"
SUBSCRIPTION = "https://app.augmentcode.com/api/subscription"
FILE = "/home/user/.local/share/codexbar/augment-session.json"
COOKIE = "_session=test-session-1"
CANDIDATE = CookieCandidate(Secret(COOKIE), "Chrome Default", "chrome/Default")
CHROME = {
    "label": "Chrome Default",
    "profile": "chrome/Default",
    "cookies": [{"name": "_session", "value": "test-session-1", "domain": "app.augmentcode.com"}],
}
ARC = {
    "label": "Arc Work",
    "profile": "arc/Work",
    "cookies": [{"name": "_session", "value": "test-session-2", "domain": "app.augmentcode.com"}],
}
ANY_WRITE = {FILE: {"matches": "."}}
SIGNED_IN = {"status": 200, "json": {"user": {"id": "7"}}}


def ports(**parts: object) -> CasePorts:
    case = {"why": "Any.", "now": "2030-07-03T12:00:00Z", "config": {"cookieSource": "auto"}, **parts}
    return CasePorts.from_case(parse_case("case", json.dumps(case)), PROVIDER)


def renewal(*answers: Mapping[str, object], cookie: str = COOKIE) -> list[dict[str, object]]:
    headers = {
        "accept": "application/json",
        "cookie": cookie,
        "origin": "https://app.augmentcode.com",
        "referer": "https://app.augmentcode.com",
    }
    asked = {"headers": headers, "timeout": 30}
    return [{"url": url, "request": asked, **answer} for url, answer in zip(RENEWAL_URLS, answers, strict=False)]


def test_the_button_and_the_page_are_declared() -> None:
    assert [(action.id, action.label, action.refreshes) for action in PROVIDER.actions] == [
        ("refresh-session", "Refresh Session", True)
    ]
    link = PROVIDER.descriptor.links[0]
    assert (link.label, link.url) == ("Open Augment (Log Out & Back In)", "https://app.augmentcode.com")
    assert link.after == (AuthRejected, MissingCredential)
    assert PROVIDER.keepalive is KEEPALIVE
    assert (KEEPALIVE.restart, KEEPALIVE.login_page) == (REFRESH.id, "https://app.augmentcode.com")


def test_the_keepalive_has_the_pace_of_the_sheet() -> None:
    assert (KEEPALIVE.check_seconds, KEEPALIVE.gap_seconds) == (300, 120)
    assert (KEEPALIVE.buffer_seconds, KEEPALIVE.session_seconds) == (300, 1800)
    assert (KEEPALIVE.settle_seconds, KEEPALIVE.login_seconds, KEEPALIVE.most_failures) == (1, 5, 3)


@pytest.mark.parametrize("key", ["user", "email", "session"])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_the_first_address_that_knows_somebody_is_enough(place: int, key: str) -> None:
    silent = [{"status": 404}, {"status": 401}]
    used = ports(http=renewal(*silent[:place], {"status": 200, "json": {key: "x"}}))
    await KEEPALIVE.renew(used.context, CANDIDATE)
    assert used.problems() == []


@pytest.mark.parametrize(
    "unsound",
    [
        {"status": 200, "json": {}},
        {"status": 200, "json": {"user": None}},
        {"status": 200, "json": []},
        {"status": 200, "json": None},
        {"status": 200, "body": "<html>Log in</html>"},
        {"status": 201, "json": {"user": 1}},
        {"status": 302, "headers": {"location": "https://auth.augmentcode.com/login"}},
        {"status": 403, "json": {"user": 1}},
    ],
)
async def test_what_names_nobody_does_not_count(unsound: dict[str, object]) -> None:
    used = ports(http=renewal(unsound, unsound, unsound))
    with pytest.raises(RequestRefused, match="could not be refreshed"):
        await KEEPALIVE.renew(used.context, CANDIDATE)
    assert used.problems() == []


async def test_one_401_means_that_the_session_has_ended() -> None:
    used = ports(http=renewal({"status": 404}, {"status": 401}, {"status": 500}))
    with pytest.raises(AuthRejected):
        await KEEPALIVE.renew(used.context, CANDIDATE)


async def test_a_broken_service_says_nothing_about_the_session() -> None:
    used = ports(http=renewal({"status": 404}, {"status": 502}, {"status": 404}))
    with pytest.raises(ServiceUnavailable) as caught:
        await KEEPALIVE.renew(used.context, CANDIDATE)
    assert (caught.value.reason, caught.value.status) == ("status", 502)


async def test_a_service_that_is_asked_too_often_or_away_is_not_asked_again() -> None:
    with pytest.raises(RateLimited) as caught:
        await KEEPALIVE.renew(ports(http=renewal({"status": 429, "headers": {"retry-after": "60"}})).context, CANDIDATE)
    assert caught.value.retry_after is not None
    with pytest.raises(ServiceUnavailable):
        await KEEPALIVE.renew(ports(http=renewal({"fault": "dns"})).context, CANDIDATE)


async def test_the_session_in_use_is_the_one_kept_alive() -> None:
    assert await KEEPALIVE.find(ports(browsers=[CHROME, ARC]).context) is not None
    cached = {"header": "_session=older", "label": "Arc Work"}
    found = await KEEPALIVE.find(ports(browsers=[CHROME, ARC], cached_cookie=cached).context)
    assert found is not None
    assert (found.label, found.is_cached, len(found.cookies)) == ("Arc Work", False, 1)
    gone = {"header": "_session=older", "label": "Firefox Default"}
    found = await KEEPALIVE.find(ports(browsers=[CHROME, ARC], cached_cookie=gone).context)
    assert found is not None
    assert found.label == "Chrome Default"
    assert await KEEPALIVE.find(ports(cached_cookie=cached).context) is None


@pytest.mark.parametrize(
    "config",
    [
        {"cookieSource": "off"},
        {"cookieSource": "manual", "cookieHeader": COOKIE},
        {
            "cookieSource": "auto",
            "tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [{"id": "1", "label": "a", "token": COOKIE}]},
        },
    ],
)
async def test_only_a_session_of_a_browser_is_kept_alive_or_refreshed(config: dict[str, object]) -> None:
    used = ports(config=config, browsers=[CHROME])
    assert await KEEPALIVE.find(used.context) is None
    with pytest.raises(InvalidSetting, match="Only a browser's session"):
        await REFRESH.run(used.context, lambda _: None)
    assert used.browsers.read == []


async def test_a_renewed_session_is_kept_in_keyring_and_file() -> None:
    used = ports(browsers=[CHROME], writes=ANY_WRITE)
    found = await KEEPALIVE.find(used.context)
    assert found is not None
    await KEEPALIVE.keep(used.context, found)
    assert used.browsers.cached == (COOKIE, "Chrome Default")
    assert json.loads(used.files.written[FILE])[0]["value"] == "test-session-1"


async def test_refreshing_drops_the_kept_session_and_takes_one_that_works() -> None:
    refused = renewal({"status": 401}, {"status": 401}, {"status": 401})
    used = ports(
        browsers=[CHROME, ARC],
        cached_cookie={"header": "_session=older", "label": "Safari"},
        http=[*refused, *renewal(SIGNED_IN, cookie="_session=test-session-2")],
        writes=ANY_WRITE,
    )
    told: list[str] = []
    assert await REFRESH.run(used.context, told.append) == "Augment session refreshed from Arc Work."
    assert told == [
        "Looking for a session in the browsers…",
        "Trying Chrome Default…",
        "Trying Arc Work…",
    ]
    assert used.browsers.cached == ("_session=test-session-2", "Arc Work")
    assert used.problems() == []


async def test_where_renewing_is_not_offered_the_credits_decide() -> None:
    nothing = renewal({"status": 404}, {"status": 404}, {"status": 404})
    rows: list[dict[str, object]] = [
        {"url": CREDITS, "request": {"headers": {"cookie": COOKIE}}, "json": {"usageUnitsRemaining": 1}},
        {"url": SUBSCRIPTION, "request": {"headers": {"cookie": COOKIE}}, "status": 403},
    ]
    used = ports(browsers=[CHROME], http=[*nothing, *rows], writes=ANY_WRITE)
    assert await REFRESH.run(used.context, lambda _: None) == "Augment session refreshed from Chrome Default."
    refused = ports(browsers=[CHROME], http=[*nothing, {**rows[0], "status": 401}])
    with pytest.raises(AuthRejected):
        await REFRESH.run(refused.context, lambda _: None)
    assert refused.browsers.cached is None


async def test_refreshing_without_a_session_says_what_is_in_the_way() -> None:
    with pytest.raises(MissingCredential, match="No Augment session was found"):
        await REFRESH.run(ports().context, lambda _: None)
    with pytest.raises(MissingCredential, match="Close Chrome once"):
        await REFRESH.run(ports(browser_obstacle="Close Chrome once.").context, lambda _: None)


async def test_refreshing_offline_keeps_nothing_and_says_why() -> None:
    used = ports(browsers=[CHROME, ARC], http=renewal({"fault": "dns"}))
    with pytest.raises(ServiceUnavailable):
        await REFRESH.run(used.context, lambda _: None)
    assert used.browsers.cached is None


def test_cookies_come_back_as_they_were_stored() -> None:
    now = ports().context.clock.now()
    cookies = (
        Cookie("session", Secret("test-session-1"), "app.augmentcode.com"),
        Cookie("b", Secret("2"), "augmentcode.com", expires_at=now.replace(year=2031)),
    )
    assert parse_stored(write_stored(cookies), now=now) == cookies
    assert parse_stored(write_stored(cookies), now=now.replace(year=2032)) == cookies[:1]
    many = tuple(replace(cookies[0], name=f"c{number}") for number in range(500))
    assert len(parse_stored(write_stored(many), now=now)) == 200
    with pytest.raises(ParseError):
        parse_stored("[1]", now=now)


def test_without_attempts_there_is_still_a_sentence() -> None:
    assert isinstance(told_error(()), ProviderError)


async def test_forgetting_removes_the_stored_session() -> None:
    stored = {"files": {FILE: "[]"}}
    assert PROVIDER.forget is not None
    assert await PROVIDER.forget(ports().context) == 0
    used = ports(**stored, writes={FILE: {"removed": True}})
    assert await PROVIDER.forget(used.context) == 1
    assert used.problems() == []
    with pytest.raises(ToolFailed, match=r"Delete augment-session\.json"):
        await PROVIDER.forget(ports(**stored, writes={FILE: {"removed": True, "fails": True}}).context)
