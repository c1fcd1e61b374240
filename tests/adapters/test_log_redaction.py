"""Nothing that identifies people or opens doors reaches a log text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.adapters.log_redaction import LONGEST_TEXT, redact

LETTERS = "abcdefghijklmnopqrst"
JWT = f"eyJ{LETTERS}.eyJ{LETTERS}.{LETTERS}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("signed in as user@example.com.", "signed in as [email]."),
        ("<Üser.name+tag@mail.example.co.uk>, x", "<[email]>, x"),
        ("?u=user%40example.com&x=1", "?u=[email]&x=1"),
        ("a@b is no address", "a@b is no address"),
        ("via http://user:pw@proxy.example.com:8080/x", "via http://[redacted]@proxy.example.com:8080/x"),
        (f"got sk-or-v1-{LETTERS}!", "got [redacted]!"),
        (f"sk-ant-oat01-{LETTERS}_-{LETTERS}", "[redacted]"),
        (f"ghp_{LETTERS} gho_{LETTERS} github_pat_{LETTERS}", "[redacted] [redacted] [redacted]"),
        (f"AIza{LETTERS}, xoxb-{LETTERS}", "[redacted], [redacted]"),
        ("task-manager risk-free desk-lamp", "task-manager risk-free desk-lamp"),
        (f"bearer {LETTERS}", "bearer [redacted]"),
        (f"Bearer: {LETTERS}==", "Bearer [redacted]"),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: [redacted]\nHost: x"),
        ("set-cookie: kimi-auth=1; Path=/", "set-cookie: [redacted]"),
        ("{'Cookie': 'a=b; c=d'}", "{'Cookie': [redacted]"),
        ("Authorization: Basic dXNlcjpwdw==\nok", "Authorization: [redacted]\nok"),
        ("proxy-authorization: x y", "proxy-authorization: [redacted]"),
        ("X-Api-Key: test-key-1", "X-Api-Key: [redacted]"),
        (f"id={JWT}", "id=[redacted]"),
        ("GET /x?a=1&access_token=abc&b=2#f", "GET /x?a=1&access_token=[redacted]&b=2#f"),
        ("GET /x?api_key=abc", "GET /x?api_key=[redacted]"),
        ("GET /cb?code=abc&state=def", "GET /cb?code=[redacted]&state=[redacted]"),
        ('{"refresh_token": "abc def", "n": 1}', '{"refresh_token": [redacted], "n": 1}'),
        ("apiKey='a b' done", "apiKey=[redacted] done"),
        ("OPENROUTER_API_KEY=abc next", "OPENROUTER_API_KEY=[redacted] next"),
        ("AWS_SECRET_ACCESS_KEY = abc", "AWS_SECRET_ACCESS_KEY = [redacted]"),
        ("password: hunter", "password: [redacted]"),
        ("tokens: 1234, keys: 5", "tokens: 1234, keys: 5"),
        ("monkey: banana", "monkey: banana"),
        ("GET api.example.com 200 in 0.3 s", "GET api.example.com 200 in 0.3 s"),
    ],
)
def test_known_forms(text: str, wanted: str) -> None:
    assert redact(text) == wanted


@given(st.text(max_size=200), st.text(max_size=200))
def test_never_fails_and_never_lets_a_key_through(before: str, after: str) -> None:
    assert "test1secret" not in redact(f"{before} sk-test1secret {after}")


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("position", range(LONGEST_TEXT - 40, LONGEST_TEXT + 5, 3))
def test_the_cut_shows_no_half_of_anything(position: int) -> None:
    text = f"{'x' * (position - 1)} some.user.name@example.com {'y ' * LONGEST_TEXT}"
    found = redact(text)
    assert len(found) <= LONGEST_TEXT + len(" [cut]")
    assert found.endswith(" [cut]")
    assert "some" not in found


@pytest.mark.parametrize("unit", ["a", "a@", "sk-", "a.b@c.", "token=", "cookie:", "?a=", "eyJ", "a_", "://"])
def test_long_texts_take_little_time(unit: str) -> None:
    started = time.process_time()
    redact(unit * 20_000)
    assert time.process_time() - started < 5  # a pattern that goes back and forth takes minutes
