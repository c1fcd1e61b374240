"""What is found in pasted text: names, never values; nothing usable is said in one sentence."""

from __future__ import annotations

import pytest

from codexbar_qt.provider_api import pasted_cookie_header
from codexbar_qt.ui.pasted_cookies import LONGEST_PASTE, read_paste

TOKEN = "test-token-0123456789-0123456789-0123456789"
BASH = "curl 'https://example.com/x?y=1' \\\n  -H 'accept: en;q=0.9' \\\n  -b 'auth=v-1; theme=v-2' \\\n  --data 'a=b'"
CMD = 'curl ^"https://example.com/x?y=1^" ^\r\n  -H ^"accept: */*^" ^\r\n  -b ^"auth=v-1; theme=v-^%^202^"'
POWERSHELL = 'curl.exe "https://example.com" `\r\n -H "Cookie: auth=v-1; theme=v-2"'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("auth=v-1; session=v-2; theme=v-3", ("auth", "session", "theme")),
        ("auth=v-1; auth=v-2", ("auth",)),
        (" 'auth=v-1' \r\n", ("auth",)),
        ("Cookie: consent; auth=v-1", ("auth",)),
        ("GET / HTTP/1.1\nHost: example.com\nCookie: auth=v-1; theme=v-2\nAccept: en;q=0.9", ("auth", "theme")),
        (BASH, ("auth", "theme")),
        (CMD, ("auth", "theme")),
        (POWERSHELL, ("auth", "theme")),
        ("curl 'https://example.com' -H 'Cookie: auth=v-1'", ("auth",)),
        ("curl https://example.com -b $'auth=v-\\u0021; theme=it\\'s'", ("auth", "theme")),
    ],
)
def test_cookies_are_found_by_name_and_a_fetch_finds_the_same(text: str, names: tuple[str, ...]) -> None:
    pasted = read_paste(text)
    assert (pasted.names, pasted.problem) == (names, "")
    stored = pasted_cookie_header(pasted.text) or ""
    assert all(f"{name}=v-" in stored or f"{name}=it's" in stored for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "hello world; x=1",
        "Accept: en;q=0.9",
        "Host: example.com\nAccept: en;q=0.9",
        "curl 'https://example.com?a=1' -H 'accept: en;q=0.9'",
        "auth=v\x01",
        "curl -d",
        "=v-1",
    ],
)
def test_nothing_usable_is_one_sentence(text: str) -> None:
    pasted = read_paste(text)
    assert pasted.problem.startswith("No cookie was found in this. ")
    assert (pasted.text, pasted.found) == ("", "")


def test_blank_text_is_no_mistake() -> None:
    assert read_paste(" \n ") == read_paste("")
    assert read_paste("").problem == ""


def test_too_much_is_refused_unread() -> None:
    assert "longer" in read_paste("a=" + "v" * LONGEST_PASTE).problem


@pytest.mark.parametrize("text", [TOKEN, "head.body.signature", f"Authorization: Bearer {TOKEN}", f"bearer {TOKEN}"])
def test_a_token_counts_too(text: str) -> None:
    assert read_paste(text).found == "Found a token."


def test_the_sentence_names_cookies_and_counts_the_rest() -> None:
    assert read_paste("auth=v-1; session=v-2; theme=v-3").found == "Found 3 cookies: auth, session, theme"
    assert read_paste("auth=v-1").found == "Found 1 cookie: auth"
    many = "; ".join(f"n{number}=v" for number in range(12))
    assert read_paste(many).found == "Found 12 cookies: n0, n1, n2, n3, n4, n5, n6, n7 and 4 more"
    both = f"curl x -H 'Cookie: auth=v-1' -H 'authorization: bearer {TOKEN}'"
    assert read_paste(both).found == "Found 1 cookie: auth, and a token"


def test_no_value_is_in_what_can_be_printed() -> None:
    pasted = read_paste("auth=test-value-1")
    assert "test-value-1" not in repr(pasted)
    assert "test-value-1" not in pasted.found
