"""Small texts: cleaning, times, money, escape sequences, tokens, header values, base URLs."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.provider_api import (
    check_https_base,
    clamp_percent,
    clean,
    format_money,
    jwt_payload,
    parse_epoch_seconds,
    parse_iso_time,
    printable_ascii,
    strip_ansi,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("''", None),
        ("' '", None),
        (" a ", "a"),
        ("'a'", "a"),
        (' " a " ', "a"),
        ("''a''", "'a'"),
        ("'a\"", "'a\""),
        ("'", "'"),
        ("a b", "a b"),
    ],
)
def test_clean(text: str | None, cleaned: str | None) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(("value", "percent"), [(-1, 0), (0, 0), (33.3, 33.3), (100, 100), (1e9, 100)])
def test_clamp_percent(value: float, percent: float) -> None:
    assert clamp_percent(value) == percent


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2030-01-09T15:23:13.716839300Z", datetime(2030, 1, 9, 15, 23, 13, 716839, tzinfo=UTC)),
        ("2030-01-09T15:23:13.7Z", datetime(2030, 1, 9, 15, 23, 13, 700000, tzinfo=UTC)),
        (" 2030-01-09T15:23:13+02:00 ", datetime(2030, 1, 9, 13, 23, 13, tzinfo=UTC)),
        ("2030-01-09T15:23:13.123456789-01:30", datetime(2030, 1, 9, 16, 53, 13, 123456, tzinfo=UTC)),
        ("2030-01-09 15:23", datetime(2030, 1, 9, 15, 23, tzinfo=UTC)),
        ("2030-01-09", datetime(2030, 1, 9, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("2030-02-30", None),
        ("in 2 hours", None),
        ("", None),
    ],
)
def test_parse_iso_time(text: str, moment: datetime | None) -> None:
    assert parse_iso_time(text) == moment


@given(st.text())
def test_any_text_is_a_utc_time_or_none(text: str) -> None:
    moment = parse_iso_time(text)
    assert moment is None or moment.utcoffset() == timedelta()


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1900, 1, 1), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001
def test_times_come_back(moment: datetime) -> None:
    read = parse_iso_time(moment.isoformat())
    # Compared by the clock: at a change of summer time Python calls equal moments of two zones different.
    assert read is not None
    assert read.timestamp() == moment.timestamp()


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1894104000.5, datetime(2030, 1, 8, 12, 0, 0, 500000, tzinfo=UTC)),
        (-1, None),
        (1e15, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_parse_epoch_seconds(value: float, moment: datetime | None) -> None:
    assert parse_epoch_seconds(value) == moment


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (31.07, "$31.07"),
        (1249.5, "$1,249.50"),
        (-3.2, "-$3.20"),
        (-0.001, "$0.00"),
        (0, "$0.00"),
        (1e6, "$1,000,000.00"),
    ],
)
def test_format_money(amount: float, told: str) -> None:
    assert format_money(amount) == told


def test_format_money_otherwise() -> None:
    assert format_money(1234.5, grouped=False) == "$1234.50"
    assert format_money(-1234.5, "¥") == "-¥1,234.50"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?25lx\x1b[2K", "x"),
        ("\x1b]8;;https://example.com\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\x", "x"),
        ("plain", "plain"),
    ],
)
def test_strip_ansi(text: str, plain: str) -> None:
    assert strip_ansi(text) == plain


def jwt(payload: object) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"head.{encoded}.tail"


@pytest.mark.parametrize(
    ("token", "payload"),
    [
        (jwt({"sub": "a"}), {"sub": "a"}),
        (jwt({"sub": "ab"}), {"sub": "ab"}),
        (jwt({"sub": "äöü?>"}), {"sub": "äöü?>"}),
        (jwt([1]), None),
        ("a.b", None),
        ("a.b.c.d", None),
        ("a.!.c", None),
        ("a.x.c", None),
        ("a.é.c", None),
        ("a..c", None),
        ("", None),
    ],
)
def test_jwt_payload(token: str, payload: object) -> None:
    assert jwt_payload(token) == payload


@given(st.text())
def test_any_token_is_read_or_none(text: str) -> None:
    assert isinstance(jwt_payload(text) or {}, dict)
    assert isinstance(jwt_payload(f"a.{text}.c") or {}, dict)


@pytest.mark.parametrize(
    ("text", "told"), [("büro–1\n", "bro1"), (" a b ", "a b"), ("日本", "unknown"), ("", "unknown")]
)
def test_printable_ascii(text: str, told: str) -> None:
    assert printable_ascii(text) == told
    assert printable_ascii("日", "") == ""


@pytest.mark.parametrize(
    "url",
    ["https://h", "HTTPS://h.example.com:8443/api/v1", " https://127.0.0.1/ ", "https://[::1]:8443/x", "https://h/%2f"],
)
def test_good_base_urls(url: str) -> None:
    assert check_https_base(url) is None
    assert check_https_base(url, allow_bare_host=True) is None


@pytest.mark.parametrize("url", ["h", "h.example.com/api", "localhost:8080"])
def test_bare_hosts(url: str) -> None:
    assert check_https_base(url) == "The URL needs to start with https://."
    assert check_https_base(url, allow_bare_host=True) is None


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://localhost", "https"),
        ("ftp://h", "https"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://u@h", "user name"),
        ("https://u:p@h", "user name"),
        ("https://h%2f.example.com", "encoded"),
        ("https://h\\x", "plain host"),
        ("https://a b", "spaces"),
        ("https://h/a b", "spaces"),
        ("https://h/\x01", "spaces"),
        ("https://[::1", "cannot be read"),
        ("https://h:port", "cannot be read"),
        ("https://openrouter.ai@evil.example", "user name"),
        ("https://evil.example#@openrouter.ai", "?"),
        ("https://evil.example?x=openrouter.ai/", "?"),
        ("https://evil.example/v1#", "?"),
        ("https://open\trouter.ai", "spaces"),
        ("https://openrouter.ai\n.evil.example", "spaces"),
        ("https://openrouter.ai\u200b.evil.example", "invisible"),
        ("https://\u202eia.retuorepo", "invisible"),
        ("https://\u043epenrouter.ai", "plain host"),
        ("https://openrouter.ai\u3002evil.example", "plain host"),
        ("https://openrouter.ai%2eevil.example", "plain host"),
        ("https://openrouter.ai:", "plain host"),
        ("https://[fe80::1%25eth0]", "plain host"),
    ],
)
def test_bad_base_urls(url: str, word: str) -> None:
    assert word in str(check_https_base(url))
    assert word in str(check_https_base(url, allow_bare_host=True))


@given(st.text())
def test_any_base_url_is_judged(text: str) -> None:
    for bare in (False, True):
        complaint = check_https_base(text, allow_bare_host=bare)
        assert complaint is None or complaint.endswith(".")
