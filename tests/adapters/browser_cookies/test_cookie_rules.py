"""Matching, expiry, merging and the header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_cookies.cookie_rules import (
    FoundCookie,
    cookie_header,
    expiry_moment,
    is_within,
    make_cookie,
    may_be_sent,
    merge_cookies,
    normalise_domain,
    select_cookies,
)
from codexbar_qt.provider_api.browser import Cookie, CookieQuery
from codexbar_qt.provider_api.secret import Secret

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


def cookie(
    name: str = "a", host: str = "example.com", value: str = "1", path: str = "/", days: int | None = 1
) -> FoundCookie:
    expires_at = None if days is None else NOW + timedelta(days)
    made = make_cookie(name, value, host, path, secure=True, expires_at=expires_at)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("domain", "is_match"),
    [
        ("example.com", True),
        ("app.example.com", True),
        ("a.b.example.com", True),
        ("notexample.com", False),
        ("example.com.evil.org", False),
        ("com", False),
        ("", False),
    ],
)
def test_a_domain_and_those_below_it(domain: str, is_match: bool) -> None:
    assert is_within(domain, ("example.com",)) is is_match
    assert is_within(domain, ("other.org", "example.com")) is is_match
    assert not is_within(domain, ("",))


def test_normalise() -> None:
    assert normalise_domain(" .Example.COM ") == "example.com"
    assert normalise_domain("..a") == ".a"


@pytest.mark.parametrize(
    ("host", "stored", "is_sent"),
    [
        ("app.example.com", "app.example.com", True),
        ("app.example.com", ".app.example.com", True),
        ("app.example.com", ".example.com", True),
        ("app.example.com", "example.com", True),  # named by the query: let through as the reference does
        ("app.example.com", "auth.example.com", False),
        ("app.example.com", ".billing.example.com", False),
        ("app.example.com", "x.app.example.com", False),
        ("example.com", "app.example.com", False),
        ("example.com", ".example.com", True),
        ("x.app.example.com", "app.example.com", False),  # host-only and not named
        ("x.app.example.com", ".app.example.com", True),
        ("", "auth.example.com", True),
    ],
)
def test_what_is_sent_to_a_host(host: str, stored: str, is_sent: bool) -> None:
    query = CookieQuery(("example.com",), bool, host=host)
    assert bool(select_cookies([cookie(host=stored)], query, NOW)) is is_sent


def test_a_parent_that_is_not_named_is_not_let_through() -> None:
    assert not may_be_sent(cookie(host="example.com").cookie, "app.example.com", ("example.org",))


def test_selection_by_name_domain_and_time() -> None:
    found = [
        cookie("a"),
        cookie("b"),
        cookie("a", host="notexample.com"),
        cookie("a", path="/old", days=-1),
        cookie("a", path="/session", days=None),
        cookie("a", path="/now", days=0),
    ]
    query = CookieQuery(("example.com",), bool, names=("a",))
    assert [one.cookie.path for one in select_cookies(found, query, NOW)] == ["/", "/session", "/now"]


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (1, 2, "second"),
        (2, 1, "first"),
        (None, 1, "second"),
        (1, None, "first"),
        (1, 1, "first"),
        (None, None, "first"),
    ],
)
def test_the_later_expiry_wins(first: int | None, second: int | None, winner: str) -> None:
    merged = merge_cookies([cookie(value="first", days=first), cookie(value="second", days=second)])
    assert [one.value.reveal() for one in merged] == [winner]


def test_merging_tells_names_domains_and_paths_apart() -> None:
    found = [cookie(), cookie("b"), cookie(host="app.example.com"), cookie(path="/x")]
    assert len(merge_cookies(found)) == 4


def test_containers_come_last_and_never_win() -> None:
    boxed = FoundCookie(cookie(value="boxed", days=9).cookie, is_partitioned=True)
    other = FoundCookie(cookie("b", path="/deep/er").cookie, is_partitioned=True)
    for found in ([boxed, other, cookie(value="usual")], [cookie(value="usual"), boxed, other]):
        merged = merge_cookies(found)
        assert [(one.name, one.value.reveal()) for one in merged] == [("a", "usual"), ("b", "1")]


def test_longer_paths_come_first() -> None:
    merged = merge_cookies([cookie("a"), cookie("b", path="/api/v1"), cookie("c", path="/api"), cookie("d")])
    assert [one.name for one in merged] == ["b", "c", "a", "d"]


def test_header() -> None:
    found = [cookie("a", value="1=2%20+/"), cookie("b", value='"quoted"'), cookie("c", value="")]
    assert cookie_header(one.cookie for one in found) == 'a=1=2%20+/; b="quoted"; c='
    assert cookie_header([]) == ""


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\x00", "a\x7f", "a\x85", "a;b=c", "\t"])
def test_control_characters_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="characters that no header may carry") as failure:
        cookie_header([Cookie("a", Secret(value), "example.com")])
    assert value not in str(failure.value)
    with pytest.raises(ValueError, match="characters"):
        cookie_header([Cookie(f"a{value}", Secret("1"), "example.com")])
    assert make_cookie("a", value, "example.com", "/", secure=True, expires_at=None) is None
    assert make_cookie(f"a{value}", "1", "example.com", "/", secure=True, expires_at=None) is None


def test_what_is_no_cookie() -> None:
    for name, value, host in (
        ("", "1", "example.com"),
        ("a", "1", "."),
        ("a=b", "1", "e.com"),
        ("a", "x" * 65536, "e.com"),
    ):
        assert make_cookie(name, value, host, "/", secure=True, expires_at=None) is None
    made = make_cookie("a", "", "example.com", "", secure=False, expires_at=None)
    assert made is not None
    assert (made.cookie.path, made.cookie.secure) == ("/", False)


@given(st.floats(allow_nan=False))
def test_any_time_is_a_moment(seconds: float) -> None:
    moment = expiry_moment(seconds)
    assert datetime(1970, 1, 1, tzinfo=UTC) <= moment <= datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_whatever_becomes_a_cookie_becomes_a_header(name: str, value: str, host: str, path: str) -> None:
    made = make_cookie(name, value, host, path, secure=True, expires_at=None)
    if made is not None:
        assert cookie_header([made.cookie]) == f"{name}={value}"
