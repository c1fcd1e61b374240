"""What the cases of Antigravity cannot show: detection at large, time shares, waiting, the sign-in, what is sent."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from codexbar_providers.antigravity import DESCRIPTOR, EXHAUSTED_TOGGLE, PROVIDER, told_error
from codexbar_providers.antigravity.credentials import LOGIN_VARIABLE
from codexbar_providers.antigravity.endpoints import LocalServer, list_endpoints
from codexbar_providers.antigravity.local import read_plan_info, richness
from codexbar_providers.antigravity.login import LOGIN_SECONDS, REDIRECT_PATH, SignIn, sign_in
from codexbar_providers.antigravity.oauth_client import OAuthClient, pick_client
from codexbar_providers.antigravity.parse_models import check_code
from codexbar_providers.antigravity.processes import ServerFlags, kind_of, read_flags, runs_program
from codexbar_qt.provider_api import (
    Attempt,
    AuthRejected,
    HeldProgram,
    HttpClient,
    HttpRequest,
    HttpResponse,
    Identity,
    JsonView,
    LocalProcess,
    MissingCredential,
    NamedWindow,
    ProviderError,
    RateWindow,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    Snapshot,
    Source,
    ToggleSetting,
    ToolFailed,
    ToolNotInstalled,
)
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, parse_case
from codexbar_qt.provider_testing.fakes import FakeClock, FakeDesktop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from codexbar_qt.provider_api import Command, FetchContext

SERVER = "language_server_linux_x64 --csrf_token t"
SUMMARY = {"groups": [{"displayName": "Gemini", "buckets": [{"bucketId": "a", "remainingFraction": 0.5}]}]}
LOGIN = {"access_token": "test-access-1", "refresh_token": "test-refresh-1", "project_id": "p"}
CLIENT_ENV = {"ANTIGRAVITY_OAUTH_CLIENT_ID": "test-client-1", "ANTIGRAVITY_OAUTH_CLIENT_SECRET": "test-half-1"}


def ports_of(**more: object) -> CasePorts:
    raw = {"why": "Any.", "now": "2030-01-08T12:00:00Z", "expect": {}, **more}
    return CasePorts.from_case(parse_case("case", json.dumps(raw)), PROVIDER)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("/Applications/Antigravity.app/Contents/Resources/bin/language_server_macos --x", "app"),
        ("/Applications/Antigravity.app/Contents/Resources/bin/language_server_macos_arm", "app"),
        ("/Applications/Gemini.app/Contents/MacOS/language-server", "app"),
        ("/usr/share/antigravity/bin/language_server --csrf_token x", "app"),
        ("language_server_linux_x64 --app_data_dir antigravity", "app"),
        ("language-server --app_data_dir=/home/user/.Antigravity", "app"),
        ("/bin/sh /opt/x/language_server --app_data_dir antigravity", "app"),
        ("C:\\Program Files\\Antigravity\\bin\\language_server_windows_x64.exe --a", "app"),
        ("C:\\Antigravity.app\\language_server.exe", "app"),
        ("/Applications/Antigravity IDE.app/Contents/bin/language_server_macos", "ide"),
        ("language_server --app_data_dir antigravity-ide", "ide"),
        ("LANGUAGE_SERVER --APP_DATA_DIR=Antigravity-IDE", "ide"),
        ("/x/extensions/antigravity/bin/language_server_linux_arm --y", "ide"),
        ("C:\\x\\Extensions\\Antigravity\\bin\\language_server_windows_x64.exe", "ide"),
        ("/home/user/.local/bin/agy", "cli"),
        ("agy --resume", "cli"),
        ("C:\\Users\\user\\bin\\agy.exe chat", "cli"),
        ("/opt/antigravity-cli/bin/server", "cli"),
        ("node /opt/antigravity_cli", "cli"),
        ("/opt/windsurf/language_server_linux_x64 --csrf_token x", None),
        ("language_server_linux_x64 --app_data_dir other", None),
        ("/opt/antigravity.app/my_language_server", None),
        ("/usr/share/antigravity/antigravity --type=renderer", None),
        ("/opt/antigravity.app/language_server.py", None),
        ("/usr/bin/legacy agyle", None),
        ("/opt/antigravity-client/bin/x", None),
        ("grep imaginary", None),
        ("", None),
    ],
)
def test_programs_are_told_by_their_command_line(line: str, kind: str | None) -> None:
    assert kind_of(line) == kind


@pytest.mark.parametrize(
    ("line", "token", "port", "extension_token"),
    [
        ("x --csrf_token abc --extension_server_port 42 --extension_server_csrf_token def", "abc", 42, "def"),
        ("x --csrf_token=abc --extension_server_port=42 --extension_server_csrf_token=def", "abc", 42, "def"),
        ('x --csrf_token="a-b.c"', "a-b.c", None, None),
        ("x --extension_server_csrf_token def", None, None, "def"),
        ("x --csrf_token --other", None, None, None),
        ("x --csrf_token= --other", None, None, None),
        ("x --csrf_token", None, None, None),
        ("x --no--csrf_token abc", None, None, None),
        ("x --extension_server_port 0", None, None, None),
        ("x --extension_server_port 65536", None, None, None),
        ("x --extension_server_port 4e3", None, None, None),
        ("x --csrf_token Mixed-Case", "Mixed-Case", None, None),
    ],
)
def test_flags_have_two_spellings(line: str, token: str | None, port: int | None, extension_token: str | None) -> None:
    flags = read_flags(line)
    assert (flags.csrf_token and flags.csrf_token.reveal()) == token
    assert (flags.extension_token and flags.extension_token.reveal()) == extension_token
    assert flags.extension_port == port
    assert "abc" not in repr(flags)


@pytest.mark.parametrize(
    ("process", "program", "same"),
    [
        (LocalProcess(1, "/opt/agy"), "/opt/agy", True),
        (LocalProcess(1, "/opt/agy chat"), "/opt/agy", True),
        (LocalProcess(1, "/opt/agy2 chat"), "/opt/agy", False),
        (LocalProcess(1, "node /opt/agy chat"), "/opt/agy", True),
        (LocalProcess(1, "agy chat", "/opt/agy"), "/opt/agy", True),
        (LocalProcess(1, "/OPT/agy"), "/opt/agy", False),
        (LocalProcess(1, "python3 -I -u /opt/agy"), "/opt/agy", True),
        (LocalProcess(1, "vim notes /opt/agy"), "/opt/agy", False),
        (LocalProcess(1, "- - -"), "/opt/agy", False),
        (LocalProcess(1, "C:\\Bin\\AGY.exe run"), "c:/bin/agy.exe", True),
    ],
)
def test_only_the_chosen_program_is_reused(process: LocalProcess, program: str, same: bool) -> None:
    assert runs_program(process, program) is same


def test_every_port_and_token_is_tried_in_order_and_once() -> None:
    flags = ServerFlags(Secret("a"), 42, Secret("b"))
    found = [(item.scheme, item.port, item.token and item.token.reveal()) for item in list_endpoints((1, 2), flags)]
    assert found == [
        ("https", 1, "a"),
        ("http", 1, "a"),
        ("https", 2, "a"),
        ("http", 2, "a"),
        ("http", 42, "b"),
        ("http", 42, "a"),
    ]
    assert len(list_endpoints((42,), flags)) == 3
    assert [item.token for item in list_endpoints((1,), ServerFlags())] == [None, None]
    assert "Secret(***)" not in repr(list_endpoints((1,), flags))


class SilentHttp(HttpClient):
    """Ports that take every request and never answer, but for those in `answers`; time passes while they do."""

    def __init__(self, clock: FakeClock, answers: Mapping[int, object]) -> None:
        self._clock = clock
        self._answers = answers
        self.waited: list[tuple[str, int, float]] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        port, method = urlsplit(request.url).port or 0, request.url.rpartition("/")[2]
        self.waited.append((method, port, round(request.timeout, 3)))
        if port not in self._answers or request.url.startswith("http:"):
            await self._clock.sleep(request.timeout)
            raise ServiceUnavailable("Nobody answered. Try again.", reason="timeout")
        return HttpResponse(200, json.dumps(self._answers[port]).encode(), request.url, self._clock.now())

    def loopback(self, port: int) -> HttpClient:
        return self


def silent(context: FetchContext, answers: Mapping[int, object]) -> tuple[FetchContext, SilentHttp]:
    assert isinstance(context.clock, FakeClock)
    http = SilentHttp(context.clock, answers)
    return replace(context, http=http), http


async def test_silent_ports_leave_time_for_the_one_that_speaks() -> None:
    process = {"pid": 1, "command_line": f"/antigravity/{SERVER}", "ports": [1, 2, 3]}
    ctx, http = silent(ports_of(processes=[process]).context, {3: SUMMARY})
    begun = ctx.clock.now()
    snapshot = await PROVIDER.strategies[0].fetch(ctx)
    assert snapshot.primary is not None
    assert [wait[2] for wait in http.waited[:5]] == [1.333, 1.333, 1.333, 1.333, 1.333]
    assert [wait[0] for wait in http.waited[5:]] == ["RetrieveUserQuotaSummary", "GetUserStatus"]
    assert http.waited[5][2] == 1.333
    assert (ctx.clock.now() - begun).total_seconds() < 8


async def test_a_server_that_never_answers_costs_eight_seconds() -> None:
    process = {"pid": 1, "command_line": f"/antigravity/{SERVER}", "ports": [1, 2]}
    ctx, http = silent(ports_of(processes=[process, {**process, "pid": 2}]).context, {})
    begun = ctx.clock.now()
    with pytest.raises(ServiceUnavailable, match="did not answer in time"):
        await PROVIDER.strategies[0].fetch(ctx)
    assert (ctx.clock.now() - begun).total_seconds() == pytest.approx(8)
    assert {wait[0] for wait in http.waited} == {"GetUnleashData"}


async def test_a_server_that_greets_and_then_hangs_costs_eight_seconds() -> None:
    ctx, _ = silent(ports_of().context, {})
    server = LocalServer(ctx, list_endpoints((1,), ServerFlags()), seconds=8)
    begun = ctx.clock.now()
    with pytest.raises(ServiceUnavailable):
        await server.ask("GetUserStatus", {}, lambda body: body, seconds=4)
    assert (ctx.clock.now() - begun).total_seconds() == pytest.approx(4)
    with pytest.raises(ServiceUnavailable):
        await server.ask("GetUserStatus", {}, lambda body: body, seconds=60)
    assert (ctx.clock.now() - begun).total_seconds() == pytest.approx(8)


class Held(HeldProgram):
    """A held program that a test watches."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text
        self.stopped = 0

    @property
    def pid(self) -> int:
        return 300

    @property
    def is_running(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return self._text()

    async def stop(self) -> None:
        self.stopped += 1


def holding(ports: CasePorts, text: Callable[[], str] = str) -> tuple[Held, list[tuple[Command, float]]]:
    held, asked = Held(text), list[tuple["Command", float]]()

    @asynccontextmanager
    async def hold(command: Command, *, keep_seconds: float) -> AsyncIterator[HeldProgram]:
        asked.append((command, keep_seconds))
        yield held

    ports.processes.hold = hold  # type: ignore[method-assign]  # the fake's own recording is not wanted here
    return held, asked


AGY = {"programs": {"agy": "/opt/agy"}, "processes": [{"pid": 300, "ports": [42]}]}


async def test_agy_is_kept_after_a_good_answer() -> None:
    ports = ports_of(**AGY)
    held, asked = holding(ports)
    ctx, _ = silent(ports.context, {42: SUMMARY})
    snapshot = await PROVIDER.strategies[1].fetch(ctx)
    ((command, keep_seconds),) = asked
    assert snapshot.primary is not None
    assert (command.argv, command.env, command.limit_seconds) == (("/opt/agy",), (("TERM", "xterm-256color"),), 3600)
    assert (keep_seconds, held.stopped) == (180, 0)


async def test_agy_that_never_knows_its_quota_is_stopped_after_fifteen_seconds() -> None:
    ports = ports_of(**AGY)
    held, _ = holding(ports)
    ctx, http = silent(ports.context, {42: {}})
    begun = ctx.clock.now()
    with pytest.raises(ProviderError):
        await PROVIDER.strategies[1].fetch(ctx)
    assert 14 < (ctx.clock.now() - begun).total_seconds() <= 15.2
    assert held.stopped == 1
    assert len([wait for wait in http.waited if wait[0] == "GetUnleashData"]) > 1


async def test_agy_is_looked_at_five_times_a_second() -> None:
    ports = ports_of(**{**AGY, "processes": [{"pid": 300, "ports": [42], "ports_after": 3}]})
    holding(ports)
    ctx, _ = silent(ports.context, {42: SUMMARY})
    await PROVIDER.strategies[1].fetch(ctx)
    assert isinstance(ctx.clock, FakeClock)
    assert ctx.clock.slept == [0.2] * 15


async def test_agy_that_begins_to_ask_for_a_login_is_stopped() -> None:
    screens = iter(["", "Loading", "Select login\r\n  method"])
    ports = ports_of(**{**AGY, "processes": []})
    held, _ = holding(ports, lambda: next(screens))
    with pytest.raises(AuthRejected, match="signed out"):
        await PROVIDER.strategies[1].fetch(ports.context)
    assert held.stopped == 1


async def test_a_running_agy_that_hangs_costs_two_seconds() -> None:
    running = {"pid": 200, "command_line": "/opt/agy", "ports": [41]}
    ports = ports_of(**{**AGY, "processes": [running, {"pid": 300, "ports": [42]}]})
    holding(ports)
    ctx, http = silent(ports.context, {42: SUMMARY})
    begun = ctx.clock.now()
    await PROVIDER.strategies[1].fetch(ctx)
    assert {wait[1] for wait in http.waited} == {41, 42}
    assert (ctx.clock.now() - begun).total_seconds() == pytest.approx(2)


@pytest.mark.parametrize("code", [None, 0, 0.0, "0", "ok", "OK", "Success", " success "])
def test_codes_of_success(code: object) -> None:
    check_code(JsonView({"code": code}))


@pytest.mark.parametrize("code", [1, "1", "", "failure", False, [], {}, -0.5])
def test_any_other_code_is_a_failure(code: object) -> None:
    with pytest.raises(RequestRefused, match="API error"):
        check_code(JsonView({"code": code}))


def test_a_quota_summary_tells_more_than_any_list() -> None:
    now = ports_of().context.clock.now()
    many = tuple(NamedWindow(f"m{number}", "M", RateWindow(1.0)) for number in range(50))
    listed = Snapshot(now, RateWindow(1.0), extra_windows=many, identity=Identity("a@example.com", None, "Pro"))
    bucket = NamedWindow("antigravity-quota-summary-a", "A", RateWindow(1.0))
    summary = Snapshot(now, extra_windows=(bucket,), identity=Identity())
    named = replace(summary, identity=Identity("a@example.com", None, "Pro"))
    assert richness(listed) < richness(summary) < richness(named)
    assert richness(replace(summary, extra_windows=(bucket, bucket))) == richness(summary) + 1


@pytest.mark.parametrize(
    ("ids", "halves", "is_script", "pair"),
    [
        (["1", "2"], ["a", "b"], True, ("1", "a")),
        (["1"], ["a"], False, ("1", "a")),
        (["1", "2"], ["a"], False, ("2", "a")),
        (["1", "2"], ["a", "b"], False, ("1", "b")),
        (["1", "2", "3"], ["a", "b"], False, ("1", "a")),
    ],
)
def test_which_client_of_a_file(ids: list[str], halves: list[str], is_script: bool, pair: tuple[str, str]) -> None:
    found = pick_client(ids, halves, is_script=is_script)
    assert found == OAuthClient(pair[0], Secret(pair[1]))
    assert pick_client([], halves, is_script=is_script) is None
    assert pick_client(ids, [], is_script=is_script) is None


def attempts(**errors: ProviderError | None) -> list[Attempt]:
    by_source = {strategy.shown_source: strategy for strategy in PROVIDER.strategies}
    return [Attempt(by_source[source], error) for source, error in errors.items()]


ABSENT, OTHER = ToolNotInstalled("Not there."), MissingCredential("Another account.")
SESSION, GOOGLE = AuthRejected("Session."), ServiceUnavailable("Google.")


@pytest.mark.parametrize(
    ("tried", "told"),
    [
        (attempts(app=SESSION, cli=ToolFailed("Agy."), ide=ABSENT, oauth=GOOGLE, offline=ABSENT), "Session."),
        (attempts(app=ABSENT, cli=ToolFailed("Agy."), ide=SESSION, oauth=GOOGLE, offline=ABSENT), "Agy."),
        (attempts(app=ABSENT, cli=ABSENT, ide=SESSION, oauth=GOOGLE, offline=ABSENT), "Session."),
        (attempts(app=ABSENT, cli=ABSENT, ide=ABSENT, oauth=GOOGLE, offline=ABSENT), "Google."),
        (attempts(app=OTHER, cli=ABSENT, ide=ABSENT, oauth=GOOGLE, offline=ABSENT), "Google."),
        (attempts(app=OTHER, cli=ABSENT, ide=ABSENT, oauth=OTHER, offline=ABSENT), "Another account."),
        (attempts(oauth=MissingCredential("Log in.")), "Log in."),
        (attempts(app=ABSENT, cli=ABSENT, ide=ABSENT, offline=ABSENT), "not detected"),
        (attempts(app=ABSENT, cli=ABSENT, ide=ABSENT, oauth=ABSENT, offline=ABSENT), "not detected"),
    ],
)
def test_the_most_telling_failure_is_told(tried: list[Attempt], told: str) -> None:
    assert told in told_error(tried).message


def test_a_program_started_later_is_noticed() -> None:
    absent = attempts(app=ABSENT, cli=ABSENT, ide=ABSENT, oauth=ABSENT, offline=ABSENT)
    assert type(told_error(absent)) is ToolFailed


def test_the_order_of_the_sources() -> None:
    assert [item.shown_source for item in PROVIDER.strategies] == ["app", "cli", "ide", "oauth", "offline"]
    assert PROVIDER.source_modes == (Source.AUTO, Source.CLI, Source.OAUTH)
    assert all(item.limit_seconds <= 60 for item in PROVIDER.strategies)


def test_the_switch_is_declared_and_off() -> None:
    toggles = [setting for setting in DESCRIPTOR.settings if isinstance(setting, ToggleSetting)]
    assert [(item.key, item.default) for item in toggles] == [(EXHAUSTED_TOGGLE, False)]
    assert (DESCRIPTOR.exhausted_toggle, DESCRIPTOR.auto_prefers_exhausted) == (EXHAUSTED_TOGGLE, False)


async def test_a_token_that_cannot_be_written_back_is_remembered() -> None:
    url = "https://cloudcode-pa.googleapis.com/v1internal:"
    asked = {"method": "POST", "request": {"headers": {"authorization": "Bearer test-access-2"}}, "json": {}}
    token = {"method": "POST", "url": "https://oauth2.googleapis.com/token"}
    ports = ports_of(
        env={**CLIENT_ENV, LOGIN_VARIABLE: json.dumps({**LOGIN, "expiry_date": 1})},
        http=[
            {**token, "json": {"access_token": "test-access-2", "expires_in": 3600}},
            *[{**asked, "url": f"{url}{method}"} for method in ("loadCodeAssist", "fetchAvailableModels") * 2],
        ],
    )
    for _ in range(2):
        result = await run_strategies(PROVIDER, ports.context, Source.OAUTH)
        assert result.error is None
    assert ports.problems() == []
    sent = parse_qs((ports.http.requests[0].body or b"").decode())
    assert sent == {
        "client_id": ["test-client-1"],
        "client_secret": ["test-half-1"],
        "refresh_token": ["test-refresh-1"],
        "grant_type": ["refresh_token"],
    }
    assert "test-refresh-1" not in repr(ports.http.requests[0])


async def test_a_remembered_token_of_another_login_is_not_used() -> None:
    ports = ports_of(env={LOGIN_VARIABLE: json.dumps({**LOGIN, "expiry_date": 1})})
    kept = Secret(json.dumps({**LOGIN, "refresh_token": "test-refresh-9"}))
    ports.context.memory.remember("login", kept, until=ports.context.clock.now().replace(year=2031))
    result = await run_strategies(PROVIDER, ports.context, Source.OAUTH)
    assert isinstance(result.error, MissingCredential)


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class Browser(FakeDesktop):
    """Comes back with what the page was asked for."""

    def __init__(self, **changes: str) -> None:
        super().__init__()
        self._changes = changes
        self.limit = 0.0
        self.path = ""

    async def receive_redirect(
        self, page: Callable[[str], str], *, path: str, limit_seconds: float
    ) -> Mapping[str, str]:
        self.path, self.limit = path, limit_seconds
        self.opened.append(page(f"http://127.0.0.1:40000{path}"))
        back = {"state": query_of(self.opened[0])["state"], "code": "test-code-1", **self._changes}
        return {name: text for name, text in back.items() if text}


EXCHANGE = {"method": "POST", "url": "https://oauth2.googleapis.com/token"}
TOKENS = {"access_token": "test-access-1", "refresh_token": "test-refresh-1", "expires_in": 3600}
USER = {
    "url": "https://www.googleapis.com/oauth2/v2/userinfo",
    "request": {"headers": {"authorization": "Bearer test-access-1"}},
}


async def sign_in_with(browser: Browser, *http: object, **more: object) -> tuple[str, CasePorts, list[str]]:
    ports = ports_of(env=CLIENT_ENV, http=list(http), **more)
    reports: list[str] = []
    try:
        return await sign_in(replace(ports.context, desktop=browser), reports.append), ports, reports
    finally:
        assert ports.http.problems == []


async def test_the_sign_in_adds_an_account() -> None:
    browser = Browser()
    told, ports, reports = await sign_in_with(
        browser, {**EXCHANGE, "json": TOKENS}, {**USER, "json": {"email": "user@example.com"}}
    )
    page = query_of(browser.opened[0])
    assert browser.opened[0].startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert (browser.path, browser.limit) == (REDIRECT_PATH, LOGIN_SECONDS)
    assert page["redirect_uri"] == f"http://127.0.0.1:40000{REDIRECT_PATH}"
    assert page["scope"].split() == [
        "https://www.googleapis.com/auth/cloud-platform",
        "https://www.googleapis.com/auth/userinfo.email",
    ]
    assert (page["access_type"], page["response_type"], page["code_challenge_method"]) == ("offline", "code", "S256")
    assert "test-half-1" not in browser.opened[0]
    sent = {name: values[0] for name, values in parse_qs((ports.http.requests[0].body or b"").decode()).items()}
    digest = hashlib.sha256(sent.pop("code_verifier").encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == page["code_challenge"]
    assert sent == {
        "code": "test-code-1",
        "client_id": "test-client-1",
        "client_secret": "test-half-1",
        "redirect_uri": page["redirect_uri"],
        "grant_type": "authorization_code",
    }
    assert ports.store.accounts == ["user@example.com"]
    assert json.loads(ports.store.saved["tokenAccounts"]) == {
        "access_token": "test-access-1",
        "refresh_token": "test-refresh-1",
        "expiry_date": 1894107600000,
        "client_id": "test-client-1",
        "client_secret": "test-half-1",
        "email": "user@example.com",
    }
    assert told == "Signed in to Google."
    assert reports == ["Waiting for the browser…", "Signing in…"]
    assert [(action.label, action.refreshes) for action in PROVIDER.actions] == [("Login with Google", True)]


@pytest.mark.parametrize("user", [{"status": 500}, {"json": {}}, {"body": "<html>"}, {"fault": "dns"}])
async def test_an_account_without_address_has_a_name_all_the_same(user: dict[str, object]) -> None:
    _, ports, _ = await sign_in_with(Browser(), {**EXCHANGE, "json": TOKENS}, {**USER, **user})
    assert ports.store.accounts == ["Google account"]
    assert "email" not in json.loads(ports.store.saved["tokenAccounts"])


@pytest.mark.parametrize(
    ("back", "told"),
    [
        ({"state": "forged"}, "belongs to another sign-in"),
        ({"state": ""}, "belongs to another sign-in"),
        ({"error": "access_denied", "code": ""}, "was cancelled"),
        ({"error": "server_error", "code": ""}, "did not accept"),
        ({"code": " "}, "did not accept"),
        ({"code": ""}, "did not accept"),
    ],
)
async def test_what_comes_back_is_checked_before_anything_is_sent(back: dict[str, str], told: str) -> None:
    with pytest.raises(ToolFailed, match=told):
        await sign_in_with(Browser(**back))


@pytest.mark.parametrize(
    "answer", [{"status": 400, "json": {"error": "invalid_grant"}}, {"json": {}}, {"body": "<html>"}, {"json": []}]
)
async def test_a_code_that_is_not_taken_ends_the_sign_in(answer: dict[str, object]) -> None:
    with pytest.raises(ToolFailed, match="did not accept"):
        await sign_in_with(Browser(), {**EXCHANGE, **answer})


async def test_a_browser_that_never_comes_back_and_a_missing_client_say_so() -> None:
    ports = ports_of(env=CLIENT_ENV)
    with pytest.raises(ToolFailed, match="Nobody came back"):
        await sign_in(ports.context, lambda _: None)
    with pytest.raises(MissingCredential, match="OAuth client is not configured"):
        await sign_in(ports_of().context, lambda _: None)


def test_every_sign_in_is_its_own() -> None:
    client = OAuthClient("id", Secret("half"))
    pages = [query_of(SignIn(client).page("http://127.0.0.1:1/callback")) for _ in range(2)]
    assert pages[0]["state"] != pages[1]["state"]
    assert pages[0]["code_challenge"] != pages[1]["code_challenge"]


PLAN = {"userStatus": {"planStatus": {"planInfo": {"planName": "Pro", "displayName": " ", "other": "x"}}}}


async def test_the_plan_report_asks_any_local_server() -> None:
    stranger = {"pid": 1, "command_line": "python -m http.server", "ports": [9]}
    silent_app = {"pid": 2, "command_line": f"/antigravity/{SERVER}", "ports": []}
    agy = {"pid": 3, "command_line": "/opt/agy", "ports": [42]}
    ctx, http = silent(ports_of(processes=[stranger, silent_app, agy]).context, {42: PLAN})
    assert await read_plan_info(ctx) == {"planName": "Pro"}
    assert {wait[1] for wait in http.waited} == {42}
    (report,) = PROVIDER.debug_reports
    assert (report.flag, report.json_key) == ("--antigravity-plan-debug", "antigravityPlanInfo")


async def test_the_plan_report_fails_with_an_error_of_the_contract() -> None:
    with pytest.raises(ToolNotInstalled):
        await read_plan_info(ports_of().context)
    closed = {"pid": 2, "command_line": f"/antigravity/{SERVER}", "ports": []}
    with pytest.raises(ToolFailed, match="not exposing ports"):
        await read_plan_info(ports_of(processes=[closed]).context)
