"""What the cases of Kilo cannot show: its addresses, its organizations, the run as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from codexbar_providers.kilo import DESCRIPTOR, PROVIDER
from codexbar_providers.kilo.api import USAGE_URL
from codexbar_providers.kilo.cli_session import session_paths
from codexbar_providers.kilo.organizations import (
    ORGANIZATIONS_URL,
    PROFILE_URL,
    find_organizations,
    parse_organizations,
)
from codexbar_qt.provider_api import (
    AuthRejected,
    JsonView,
    MissingCredential,
    ParseError,
    ProviderError,
    RequestRefused,
    Scope,
    ScopesSetting,
    ServiceUnavailable,
    Source,
)
from codexbar_qt.provider_testing import CasePorts, load_case, parse_case, run_case

if TYPE_CHECKING:
    from pathlib import Path

ALPHA = {"id": "org-1", "name": "Alpha", "role": "owner"}
BETA = {"id": "org-2", "name": " ", "role": ""}
FOUND = (Scope("org-1", "Alpha", "owner"), Scope("org-2", "org-2"))
FILE = {"~/.local/share/kilo/auth.json": {"json": {"kilo": {"access": "test-cli-1"}}}}
KEY = {"apiKey": "test-key-1"}
UNAUTHORIZED = {"error": {"json": {"message": "no", "data": {"code": "UNAUTHORIZED"}}}}


def ports_of(*http: object, **more: object) -> CasePorts:
    raw = {"why": "Any.", "now": "2030-01-08T12:00:00Z", "http": list(http), "expect": {}, **more}
    return CasePorts.from_case(parse_case("case", json.dumps(raw)), PROVIDER)


def answer(url: str, token: str = "test-key-1", **more: object) -> dict[str, object]:
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    request = {"headers": headers, "absent": ["x-kilocode-organizationid"], "timeout": 15}
    return {"url": url, "request": request, **more}


def listed(*items: object, token: str = "test-key-1") -> dict[str, object]:
    return answer(ORGANIZATIONS_URL, token, json=[{"result": {"data": {"json": list(items)}}}])


def test_the_address_keeps_its_commas_and_encodes_its_input() -> None:
    parts = urlsplit(USAGE_URL)
    assert parts.path == "/api/trpc/user.getCreditBlocks,kiloPass.getState,user.getAutoTopUpPaymentMethod"
    query = parse_qs(parts.query, strict_parsing=True)
    assert query["batch"] == ["1"]
    assert json.loads(query["input"][0]) == {"0": {"json": None}, "1": {"json": None}, "2": {"json": None}}
    assert not set('{}":, ') & set(parts.query)
    assert json.loads(parse_qs(urlsplit(ORGANIZATIONS_URL).query)["input"][0]) == {"0": {"json": None}}


def test_the_card_starts_with_kilo_pass() -> None:
    assert DESCRIPTOR.windows.card_order[:2] == ("secondary", "primary")
    assert (DESCRIPTOR.windows.primary, DESCRIPTOR.windows.secondary) == ("Credits", "Kilo Pass")
    assert PROVIDER.source_modes == (Source.AUTO, Source.API, Source.CLI)


@pytest.mark.parametrize(
    "body",
    [
        [{"result": {"data": {"json": [ALPHA, BETA]}}}],
        [{"result": {"data": [ALPHA, BETA]}}],
        {"organizations": [ALPHA, BETA], "user": {"id": "u"}},
        {"result": {"data": {"json": [ALPHA, BETA]}}},
        {"result": {"data": {"json": {"organizations": [ALPHA, BETA]}}}},
    ],
)
def test_every_shape_of_the_list_is_read(body: object) -> None:
    assert parse_organizations(JsonView(body)) == FOUND


@pytest.mark.parametrize(
    "body", [[], {}, None, 7, "x", [[ALPHA]], [7], [{"result": 7}], {"organizations": {}}, {"result": {"data": "x"}}]
)
def test_a_shape_nobody_knows_holds_no_organization(body: object) -> None:
    assert parse_organizations(JsonView(body)) == ()


def test_what_has_no_id_is_left_out_and_the_first_of_an_id_counts() -> None:
    items = [{"name": "None"}, {"id": " "}, {"id": 7}, 7, ALPHA, {**ALPHA, "name": "Again"}, BETA]
    assert parse_organizations(JsonView({"organizations": items})) == FOUND


async def test_organizations_are_asked_for_with_the_key() -> None:
    ports = ports_of(listed(ALPHA, BETA), config=KEY, files=FILE)
    assert await find_organizations(ports.context, Source.API) == FOUND
    assert ports.problems() == []


@pytest.mark.parametrize(
    ("source", "config", "files", "token"),
    [
        (Source.AUTO, KEY, FILE, "test-key-1"),
        (Source.AUTO, {}, FILE, "test-cli-1"),
        (Source.CLI, KEY, FILE, "test-cli-1"),
    ],
)
async def test_the_token_follows_the_usage_source(
    source: Source, config: dict[str, str], files: dict[str, object], token: str
) -> None:
    ports = ports_of(listed(ALPHA, token=token), config=config, files=files)
    assert await find_organizations(ports.context, source) == FOUND[:1]
    assert ports.problems() == []


@pytest.mark.parametrize(
    ("source", "told"), [(Source.API, "KILO_API_KEY"), (Source.CLI, "kilo login"), (Source.AUTO, "kilo login")]
)
async def test_without_a_token_nobody_is_asked(source: Source, told: str) -> None:
    files = FILE if source is Source.API else {}
    with pytest.raises(MissingCredential, match=told):
        await find_organizations(ports_of(files=files).context, source)


@pytest.mark.parametrize(
    "gone", [{"status": 404, "json": {}}, {"json": [{"error": {"json": {"data": {"code": "NOT_FOUND"}}}}]}]
)
async def test_a_list_that_is_gone_is_looked_for_in_the_profile(gone: dict[str, object]) -> None:
    ports = ports_of(
        {**answer(ORGANIZATIONS_URL), **gone}, answer(PROFILE_URL, json={"organizations": [ALPHA]}), config=KEY
    )
    assert await find_organizations(ports.context, Source.AUTO) == FOUND[:1]
    assert ports.problems() == []


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"status": 401}, AuthRejected),
        ({"status": 500}, ServiceUnavailable),
        ({"status": 418}, RequestRefused),
        ({"fault": "dns"}, ServiceUnavailable),
        ({"body": "<html>"}, ParseError),
        ({"json": [UNAUTHORIZED]}, AuthRejected),
        ({"json": [{"error": {"message": "boom"}}]}, ParseError),
    ],
)
async def test_a_failure_is_told_and_not_taken_for_an_empty_list(
    more: dict[str, object], kind: type[ProviderError]
) -> None:
    ports = ports_of({**answer(ORGANIZATIONS_URL), **more}, config=KEY)
    with pytest.raises(kind):
        await find_organizations(ports.context, Source.AUTO)
    assert ports.problems() == []


async def test_a_profile_that_fails_is_told() -> None:
    ports = ports_of(
        answer(ORGANIZATIONS_URL, status=404, json={}), answer(PROFILE_URL, status=404, json={}), config=KEY
    )
    with pytest.raises(RequestRefused, match="HTTP 404"):
        await find_organizations(ports.context, Source.AUTO)


@pytest.mark.parametrize(
    ("home", "path"),
    [
        ("~/inner", "/home/user/inner/.local/share/kilo/auth.json"),
        ("/srv/person/", "/srv/person/.local/share/kilo/auth.json"),
        ("nowhere", "/home/user/.local/share/kilo/auth.json"),
        ("  ", "/home/user/.local/share/kilo/auth.json"),
    ],
)
def test_home_may_be_named_by_its_variable(home: str, path: str) -> None:
    assert session_paths(ports_of(env={"HOME": home}).context) == (path,)


def test_the_setting_is_the_one_of_the_config_sheet() -> None:
    (setting,) = [item for item in DESCRIPTOR.settings if isinstance(item, ScopesSetting)]
    assert (setting.known_key, setting.enabled_key) == ("kiloKnownOrganizations", "kiloEnabledOrganizationIDs")
    assert (setting.label, setting.own_label, setting.own_name) == ("Organizations", "Personal account", "Personal")
    assert setting.find is find_organizations


async def test_the_told_error_leaves_the_attempts_as_they_are(repo_root: Path) -> None:
    folder = repo_root / "tests" / "providers" / "kilo"
    report = await run_case(PROVIDER, load_case(folder / "auto_rejected_then_server_error.json"))
    assert report.result is not None
    last, told = report.result.attempts[-1].error, report.result.error
    assert isinstance(last, ServiceUnavailable)
    assert isinstance(told, ServiceUnavailable)
    assert (told.status, told.reason, str(told)) == (last.status, last.reason, told.message)
    assert "rejected" not in last.message
    assert told.message.startswith(last.message)
