"""Whatever Ollama answers: values that can be shown, or an error of the contract; and what counts as a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.ollama.api import parse_models
from codexbar_providers.ollama.cookies import account_header, holds_session, pasted_header
from codexbar_providers.ollama.page import is_signed_out, parse_settings_page
from codexbar_providers.ollama.web import is_own, is_sign_in
from codexbar_qt.provider_api import AuthRejected, JsonView, ParseError, ProviderError, cookie_pairs

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        *("Session usage", "Hourly usage", "Weekly usage", "12.5% used", "999999999999% USED", "-3% used", "% used"),
        *(
            "width: 40%",
            'data-time="2030-01-08T15:00:00Z"',
            "data-time='0001-01-01T00:00:00+23:00'",
            'data-time="soon"',
        ),
        *("<span>", "</span>", "Cloud Usage", "Cloud Usage</span><span>pro</span>", '<h2 id="header-email">', "</h2>"),
        *("dev@example.com", "<form>", "<input type=password>", "<input name=email>", "/auth/signin", "<!--", "<", '"'),
        *("Sign in to Ollama", "&amp;", "&#x110000;", "<script>", "\x00"),
    ]
)
PAGES = st.lists(PIECES | st.text(max_size=4), max_size=24).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.just("models") | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
HEADERS = st.lists(
    st.sampled_from(
        [
            *(
                "session=a",
                "__secure-session=b",
                "wos-session=",
                "theme=dark",
                "; ",
                ";",
                "Cookie: ",
                "curl ",
                "-H ",
                "'",
            ),
            *("next-auth.session-token.3=c", "analytics_session_id=d", "\n", "-b ", '"', "=", " "),
        ]
    )
    | st.text(max_size=4),
    max_size=8,
).map("".join)


@given(PAGES)
def test_pages_are_read_or_refused(text: str) -> None:
    try:
        snapshot = parse_settings_page(text, now=NOW)
    except ProviderError as error:
        assert isinstance(error, AuthRejected if is_signed_out(text) else ParseError)
        assert "dev@example.com" not in error.message
        return
    assert snapshot.primary or snapshot.secondary
    for window, length in ((snapshot.primary, 300), (snapshot.secondary, 10_080)):
        if window is not None:
            assert 0 <= window.used_percent <= 100
            assert window.window_minutes in (length, None)
            assert window.resets_at is None or window.resets_at.utcoffset() == timedelta(0)
    assert snapshot.identity is not None
    assert snapshot.identity.email is None or "@" in snapshot.identity.email


@given(st.floats(0, 100).map(lambda value: round(value, 3)), st.text(alphabet="abc <>/", max_size=30))
def test_a_percentage_is_what_the_page_says(percent: float, between: str) -> None:
    snapshot = parse_settings_page(f"Session usage{between} {percent:.3f}% used", now=NOW)
    assert snapshot.primary is not None
    assert snapshot.primary.used_percent == percent


@given(JSON)
def test_models_are_a_list_or_refused(document: object) -> None:
    try:
        snapshot = parse_models(JsonView(document), now=NOW)
    except ProviderError as error:
        assert isinstance(error, ParseError)
        assert error.path.startswith("$")
        return
    assert isinstance(document, dict)
    assert isinstance(document["models"], list)
    assert snapshot.windows == ()


@given(HEADERS)
def test_what_is_sent_holds_a_session(text: str) -> None:
    for header in (pasted_header(text), account_header(text)):
        if header is not None:
            assert holds_session([name for name, value in cookie_pairs(header.reveal()) if value])


@given(st.text(alphabet="abcdef0123456789-_.=%", min_size=1, max_size=40))
def test_a_bare_value_is_the_session_of_an_account(value: str) -> None:
    header = account_header(value)
    assert header is not None
    assert header.reveal() in (f"__Secure-session={value}", value)


@given(st.text(max_size=30), st.sampled_from(["http://", "https://", "https://user@", "https://ollama.com:8443/"]))
def test_other_places_are_not_the_site(rest: str, start: str) -> None:
    for url in (f"{start}{rest}.example.net/signin", f"http://ollama.com/{rest}", f"https://ollama.com.{rest}.net/"):
        assert not is_own(url)
        assert not is_sign_in(url)


def test_megabytes_of_one_sign_are_no_trap() -> None:
    # As a whole such a page keeps html.parser busy for minutes.
    signs = ("<a ", "<!--", "<form ", "<div x='", "Cloud Usage", "<b id=header-email", "Session usage", "9", "\n")
    for sign in signs:
        try:
            parse_settings_page("<form>" + sign * (2_000_000 // len(sign)), now=NOW)
        except ProviderError as error:
            assert len(error.message) < 300
