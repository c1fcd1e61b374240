"""What no recorded answer can show: the command's limits, the cookie's reach, words that are quoted."""

from __future__ import annotations

import json
import zoneinfo
from datetime import UTC, datetime

import pytest

from codexbar_providers.amp import PROVIDER, told_error, usage
from codexbar_providers.amp.sentences import mentions_login, quoted
from codexbar_providers.amp.usage import AmpUsage, FreeTier, build_snapshot, next_daily_reset, renewal
from codexbar_providers.amp.web import is_login_redirect, session_header
from codexbar_qt.provider_api import ProviderError, Secret, Source
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, parse_case

NOW = datetime(2030, 8, 3, 12, tzinfo=UTC)


async def test_the_command_is_bounded_and_plain() -> None:
    case = {
        "why": "Any.",
        "now": "2030-08-03T12:00:00Z",
        "programs": {"amp": "/opt/bin/amp"},
        "commands": [{"argv": ["amp", "usage"], "stdout": "Individual credits: $1 remaining"}],
    }
    used = CasePorts.from_case(parse_case("case", json.dumps(case)), PROVIDER)
    result = await run_strategies(PROVIDER, used.context, Source.CLI)
    assert result.snapshot is not None
    command = used.processes.commands[0]
    assert (command.argv[1:], command.limit_seconds, command.env) == (("usage",), 15.0, (("NO_COLOR", "1"),))


@pytest.mark.parametrize(
    ("url", "is_login"),
    [
        ("https://auth.ampcode.com/", True),
        ("https://AUTH.ampcode.com/sign-out", True),
        ("https://ampcode.com/login", True),
        ("https://ampcode.com/Sign-In/x", True),
        ("https://x.ampcode.com/a/signin?b=1", True),
        ("https://ampcode.com/auth?returnTo=/settings", True),
        ("https://ampcode.com/auth/x?a=1&REDIRECT=", True),
        ("https://ampcode.com/auth/sign-out", False),
        ("https://ampcode.com/auth?other=redirect", False),
        ("https://ampcode.com/settings?redirect=/", False),
        ("https://ampcode.com/loginx", False),
        ("https://ampcode.com.example.net/login", False),
        ("https://notampcode.com/login", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_login_redirects(url: str, is_login: bool) -> None:
    assert is_login_redirect(url) is is_login


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("session=a", "session=a"),
        ("Cookie: x=1; session=a=b; y=2", "session=a=b"),
        ("session=a; session=b", "session=a; session=b"),
        ("Session=a; session_=b; xsession=c", None),
        ("session=", None),
        ("", None),
    ],
)
def test_only_the_session_cookie_is_kept(text: str, header: str | None) -> None:
    found = session_header(text)
    assert (found.reveal() if found else None) == header


def test_quoted_words_hold_no_token_and_no_address() -> None:
    said = "Please ask\x00\nuser@example.com about \x1b[31msgamp_x1\x1b[0m, " + "a" * 40 + " or test-key-1!!"
    assert quoted(said, Secret("test-key-1")) == "ask (address) about (hidden), (hidden) or (hidden)"
    assert len(quoted("word " * 100)) <= 201


@pytest.mark.parametrize("text", ["Sign in", "log-in", "LOGIN", "please log in."])
def test_invitations(text: str) -> None:
    assert mentions_login(text)
    assert not mentions_login(f"x{text.replace('please ', 'ab')}x")


def test_a_machine_without_time_zones_promises_no_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> zoneinfo.ZoneInfo:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    assert next_daily_reset(NOW) == datetime(2030, 8, 4, tzinfo=UTC)
    monkeypatch.setattr(usage, "ZoneInfo", missing)
    window = build_snapshot(AmpUsage(FreeTier(100, 1, resets_daily=True)), now=NOW).primary
    assert window is not None
    assert (window.resets_at, window.reset_description) == (None, "resets daily")


def test_moments_beyond_the_calendar_are_none() -> None:
    late = datetime(9999, 12, 1, tzinfo=UTC)
    assert renewal(1, "month", late) is None
    assert renewal(99, "day", late) is None
    window = build_snapshot(AmpUsage(FreeTier(1e9, 1e9, 1e-9)), now=late).primary
    assert window is not None
    assert window.resets_at is None


def test_without_attempts_there_is_still_a_sentence() -> None:
    assert isinstance(told_error(()), ProviderError)
