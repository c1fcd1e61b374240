"""What no recorded answer can show: what is remembered and sent, what runs at the same time, the login button."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from codexbar_providers.vertexai import PROVIDER
from codexbar_providers.vertexai.credentials import parse_credentials
from codexbar_providers.vertexai.monitoring import LIMIT_METRIC, MONITORING_URL, USAGE_METRIC
from codexbar_providers.vertexai.tokens import TOKEN_URL
from codexbar_qt.provider_api import (
    AuthRejected,
    FileInfo,
    HttpClient,
    HttpRequest,
    HttpResponse,
    RateLimited,
    Secret,
    Snapshot,
    ToolFailed,
    ToolNotInstalled,
)
from codexbar_qt.provider_testing import CasePorts, FakeFiles, parse_case
from codexbar_qt.provider_testing.fakes import FakeDesktop

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = "~/.config/gcloud"
LOGIN_FILE = f"{FOLDER}/application_default_credentials.json"
LOGIN = {"client_id": "test-client-1", "client_secret": "test-secret+&/1", "refresh_token": "1//test+refresh&1"}
SERVICE = {"client_email": "reader@example.com", "private_key": "test-private-key-1", "project_id": "acme-ai"}
GCLOUD = {"gcloud": "/opt/bin/gcloud"}
SCOPES = "--scopes=openid,https://www.googleapis.com/auth/userinfo.email,https://www.googleapis.com/auth/cloud-platform"
REFRESH = {"method": "POST", "url": TOKEN_URL, "json": {"access_token": "test-access-1", "expires_in": 3600}}
AGAIN = {**REFRESH, "json": {"access_token": "test-access-2", "expires_in": 3600}}


def ports_of(login: object = LOGIN, **parts: object) -> CasePorts:
    files = {LOGIN_FILE: {"json": login}, f"{FOLDER}/configurations/config_default": "[core]\nproject = acme-ai\n"}
    case = {"why": "-", "now": "2030-01-08T12:00:00Z", "expect": {}, "files": files, **parts}
    return CasePorts.from_case(parse_case("test", json.dumps(case)), PROVIDER)


def series(metric: str, token: str = "test-access-1", **answer: object) -> dict[str, object]:
    name = metric.replace("/", "%2F")
    kind = f"metric.type%3D%22{name}%22%20AND%20resource.type%3D%22consumer_quota%22%20AND%20"
    kind += "resource.label.service%3D%22aiplatform.googleapis.com%22"
    url = f"{MONITORING_URL}/acme-ai/timeSeries?filter={kind}&interval.startTime=*&interval.endTime=*"
    url += "&aggregation.alignmentPeriod=3600s&aggregation.perSeriesAligner=ALIGN_MAX&view=FULL"
    request = {"headers": {"authorization": f"Bearer {token}"}}
    return {"url": url, "request": request, **(answer or {"json": {}})}


def both(token: str = "test-access-1") -> list[dict[str, object]]:
    return [series(USAGE_METRIC, token), series(LIMIT_METRIC, token)]


async def fetch(ports: CasePorts) -> Snapshot:
    return await PROVIDER.strategies[0].fetch(ports.context)


async def later(ports: CasePorts, minutes: float) -> None:
    await ports.context.clock.sleep(minutes * 60)


def posted(ports: CasePorts) -> list[HttpRequest]:
    return [request for request in ports.http.requests if request.method == "POST"]


async def test_the_refresh_is_a_form_with_every_sign_encoded() -> None:
    ports = ports_of(http=[REFRESH, *both()])
    await fetch(ports)
    (request,) = posted(ports)
    body = (request.body or b"").decode()
    assert "%2B%26%2F1" in body and "+" not in body.replace("%2B", "")
    assert parse_qs(body, strict_parsing=True) == {
        **{name: [value] for name, value in LOGIN.items()},
        "grant_type": ["refresh_token"],
    }
    assert not request.follow_redirects
    assert not urlsplit(request.url).query
    assert "test-secret" not in repr(request)


async def test_a_token_is_remembered_until_five_minutes_before_its_end() -> None:
    ports = ports_of({**LOGIN, "id_token": "x"}, http=[REFRESH, *both(), *both(), AGAIN, *both("test-access-2")])
    await fetch(ports)
    await later(ports, 54.9)
    await fetch(ports)
    assert len(posted(ports)) == 1
    await later(ports, 0.2)
    await fetch(ports)
    assert len(posted(ports)) == 2
    assert ports.problems() == []


async def test_the_address_is_remembered_with_the_token() -> None:
    id_token = "e30.eyJlbWFpbCI6ICJ1c2VyQGV4YW1wbGUuY29tIn0.x"
    named = {**REFRESH, "json": {"access_token": "test-access-1", "id_token": id_token}}
    ports = ports_of(http=[named, *both(), *both()])
    for _ in range(2):
        snapshot = await fetch(ports)
        assert snapshot.identity and snapshot.identity.email == "user@example.com"
    assert ports.problems() == []


async def test_another_login_does_not_get_the_remembered_token() -> None:
    ports = ports_of(http=[REFRESH, *both()])
    await fetch(ports)
    other = ports_of({**LOGIN, "refresh_token": "test-refresh-2"}, http=[AGAIN, *both("test-access-2")])
    await PROVIDER.strategies[0].fetch(replace(other.context, memory=ports.context.memory))
    assert other.problems() == []


async def test_a_refused_token_is_forgotten() -> None:
    refused = series(USAGE_METRIC, status=401, json={})
    ports = ports_of(http=[REFRESH, refused, series(LIMIT_METRIC), AGAIN, *both("test-access-2")])
    with pytest.raises(AuthRejected):
        await fetch(ports)
    await fetch(ports)
    assert len(posted(ports)) == 2
    assert ports.problems() == []


async def test_a_refused_token_of_the_file_is_not_used_again() -> None:
    login = {**LOGIN, "access_token": "test-file-1", "token_expiry": "2030-01-08T15:00:00Z"}
    refused = series(USAGE_METRIC, "test-file-1", status=401, json={})
    ports = ports_of(login, http=[refused, series(LIMIT_METRIC, "test-file-1"), REFRESH, *both()])
    with pytest.raises(AuthRejected):
        await fetch(ports)
    await fetch(ports)
    assert ports.problems() == []


async def test_other_failures_keep_the_token() -> None:
    limited = series(USAGE_METRIC, status=429, body="")
    ports = ports_of(http=[REFRESH, limited, series(LIMIT_METRIC), *both()])
    with pytest.raises(RateLimited):
        await fetch(ports)
    await fetch(ports)
    assert ports.problems() == []


async def test_what_gcloud_printed_is_good_for_fifty_minutes() -> None:
    command = {"argv": ["gcloud", "auth", "application-default", "print-access-token"]}
    printed = [{**command, "stdout": "test-access-1\n"}, {**command, "stdout": "test-access-2\n"}]
    ports = ports_of(SERVICE, programs=GCLOUD, commands=printed, http=[*both(), *both(), *both("test-access-2")])
    await fetch(ports)
    await later(ports, 49.9)
    await fetch(ports)
    assert len(ports.processes.commands) == 1
    await later(ports, 0.2)
    snapshot = await fetch(ports)
    assert snapshot.identity and snapshot.identity.email == "reader@example.com"
    assert ports.problems() == []


async def test_gcloud_gets_its_places_and_no_prompt() -> None:
    printed = {"argv": ["gcloud", "auth", "application-default", "print-access-token"], "stdout": "test-access-1"}
    place = "/srv/reader.json"
    ports = ports_of(
        env={"GOOGLE_APPLICATION_CREDENTIALS": place, "CLOUDSDK_CONFIG": "/srv/gcloud"},
        files={place: {"json": SERVICE}},
        programs=GCLOUD,
        commands=[printed],
        http=both(),
    )
    await fetch(ports)
    (command,) = ports.processes.commands
    assert command.argv[0] == "/opt/bin/gcloud"
    assert command.limit_seconds == 20
    assert dict(command.env) == {
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "GOOGLE_APPLICATION_CREDENTIALS": place,
        "CLOUDSDK_CONFIG": "/srv/gcloud",
    }


class Monitoring(HttpClient):
    """Cloud Monitoring with an answer of its own for each list; counts who is asking at the same time."""

    def __init__(self, ports: CasePorts, answer: Callable[[HttpRequest], tuple[int, object]]) -> None:
        self._ports, self._answer = ports, answer
        self._asking = 0
        self.most_at_once = 0
        self.given_up = 0
        self.pages: list[str] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return await self._ports.http.send(request)
        self.pages.append(request.url)
        self._asking += 1
        self.most_at_once = max(self.most_at_once, self._asking)
        try:
            status, body = self._answer(request)
            for _ in range(5 if status == 200 else 2):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        finally:
            self._asking -= 1
        return HttpResponse(status, json.dumps(body).encode(), request.url, self._ports.context.clock.now())

    def loopback(self, port: int) -> HttpClient:
        raise AssertionError(port)


async def asked(answer: Callable[[HttpRequest], tuple[int, object]]) -> tuple[Monitoring, CasePorts, Snapshot | None]:
    ports = ports_of(http=[REFRESH])
    http = Monitoring(ports, answer)
    try:
        snapshot = await PROVIDER.strategies[0].fetch(replace(ports.context, http=http))
    except RateLimited:
        return http, ports, None
    return http, ports, snapshot


async def test_both_lists_are_asked_at_the_same_time() -> None:
    http, _, snapshot = await asked(lambda _: (200, {}))
    assert snapshot is not None
    assert http.most_at_once == 2


async def test_a_failure_of_one_list_ends_the_other() -> None:
    http, _, snapshot = await asked(lambda request: (429 if "allocation" in request.url else 200, {}))
    assert snapshot is None
    assert http.given_up == 1


async def test_pages_without_end_are_left_off_with_a_remark() -> None:
    point = {"metric": {"labels": {"quota_metric": "m"}}, "points": [{"value": {"int64Value": "5"}}]}

    def endless(request: HttpRequest) -> tuple[int, object]:
        return 200, {"timeSeries": [point], "nextPageToken": "on" if "allocation" in request.url else ""}

    http, ports, snapshot = await asked(endless)
    assert snapshot is not None and snapshot.primary is not None
    assert snapshot.primary.used_percent == 100
    assert len([url for url in http.pages if "allocation" in url]) == 50
    assert ports.log.lines == [f"Only the first 50 pages of {USAGE_METRIC} were read."]


def test_no_secret_shows_in_what_is_kept() -> None:
    for document in (LOGIN, {**LOGIN, "access_token": "test-file-1"}, SERVICE):
        shown = repr(parse_credentials(json.dumps(document)))
        assert not [value for value in document.values() if value in shown and value != "acme-ai"]


class ChangingFiles(FakeFiles):
    """Files in which gcloud writes the credentials after some looks."""

    def __init__(self, inner: FakeFiles, changes_at: int) -> None:
        super().__init__({}, {}, platform="linux", now=ports_of().context.clock.now())
        self._inner, self._changes_at = inner, changes_at
        self.looks = 0

    async def stat(self, path: str) -> FileInfo | None:
        self.looks += 1
        found = await self._inner.stat(path)
        if self.looks < self._changes_at or found is None or found.modified_at is None:
            return found if self._changes_at else None
        return replace(found, modified_at=found.modified_at.replace(year=2031))


async def press(
    ports: CasePorts, *, terminal: bool = True, files: FakeFiles | None = None
) -> tuple[str, list[str], FakeDesktop]:
    desktop, told = FakeDesktop(terminal=terminal), cast("list[str]", [])
    context = replace(ports.context, desktop=desktop, files=files or ports.files)
    (action,) = PROVIDER.actions
    try:
        closing = await action.run(context, told.append)
    except (ToolFailed, ToolNotInstalled) as error:
        return f"{type(error).__name__}: {error.message}", told, desktop
    return closing, told, desktop


async def test_the_login_opens_a_terminal_and_waits_for_new_credentials() -> None:
    ports = ports_of(programs=GCLOUD)
    files = ChangingFiles(ports.files, 4)
    closing, told, desktop = await press(ports, files=files)
    assert desktop.terminals == [("/opt/bin/gcloud", "auth", "application-default", "login", SCOPES)]
    assert closing == "Logged in with gcloud."
    assert files.looks == 4
    assert "`gcloud auth application-default login`" in told[0]
    assert PROVIDER.actions[0].refreshes


async def test_the_first_login_makes_the_file() -> None:
    ports = ports_of(programs=GCLOUD, files={})

    class Appearing(FakeFiles):
        looks = 0

        async def stat(self, path: str) -> FileInfo | None:
            self.looks += 1
            return FileInfo(path, "x", is_dir=False, modified_at=None) if self.looks > 2 else None

    files = Appearing({}, {}, platform="linux", now=ports.context.clock.now())
    closing, _, _ = await press(ports, files=files)
    assert (closing, files.looks) == ("Logged in with gcloud.", 3)


async def test_a_login_that_nobody_finishes_is_waited_for_five_minutes() -> None:
    ports = ports_of(programs=GCLOUD)
    clock = cast("Any", ports.context.clock)
    closing, _, _ = await press(ports)
    assert closing == "The login is open in a terminal. Refresh when gcloud has finished there."
    assert sum(clock.slept) == 300


async def test_without_a_terminal_the_command_is_told() -> None:
    closing, _, desktop = await press(ports_of(programs=GCLOUD), terminal=False)
    wanted = "No terminal could be opened. Run `gcloud auth application-default login` in one, then refresh."
    assert closing == f"ToolFailed: {wanted}"
    assert len(desktop.terminals) == 1


async def test_without_gcloud_no_terminal_is_opened() -> None:
    closing, _, desktop = await press(ports_of())
    assert closing.startswith("ToolNotInstalled: gcloud is not installed. Install the Google Cloud CLI")
    assert desktop.terminals == []


async def test_a_variable_that_hides_the_login_is_named() -> None:
    ports = ports_of(programs=GCLOUD, env={"GOOGLE_APPLICATION_CREDENTIALS": "/srv/other.json"})
    closing, _, _ = await press(ports)
    assert "GOOGLE_APPLICATION_CREDENTIALS points to other credentials" in closing


async def test_on_windows_the_terminal_runs_the_command_file() -> None:
    program = "C:\\sdk\\bin\\gcloud.cmd"
    ports = ports_of(platform="windows", programs={"gcloud.cmd": program, "gcloud": "C:\\sdk\\bin\\gcloud"}, files={})
    _, _, desktop = await press(ports)
    assert desktop.terminals[0][0] == program


def test_a_remembered_token_is_a_secret() -> None:
    assert "test" not in repr(Secret("test-access-1\nuser@example.com"))
