"""What no recorded case of Droid can show: rights of the session file, other writers, what is not read, small rules."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from codexbar_providers.factory import PROVIDER
from codexbar_providers.factory.api import locate_key
from codexbar_providers.factory.pasted import parse_pasted
from codexbar_providers.factory.session_file import SessionFile, session_path
from codexbar_providers.factory.times import local_zone, reset_text
from codexbar_providers.factory.usage import used_percent
from codexbar_qt.adapters.home_files import LocalHomeFiles
from codexbar_qt.core.lanes import card_lanes, main_lane
from codexbar_qt.provider_api import Cookie, FetchContext, RateWindow, Secret, Snapshot, Source
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, load_case, parse_case

CASES = Path(__file__).parent / "factory"
NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
PLACE = ".local/share/codexbar/factory-session.json"


def ports_of(**parts: Any) -> CasePorts:
    case = {"why": "Any.", "now": "2030-01-08T12:00:00Z", **parts}
    return CasePorts.from_case(parse_case("case", json.dumps(case)), PROVIDER)


def context(**parts: Any) -> FetchContext:
    return ports_of(**parts).context


def at_home(folder: Path) -> FetchContext:
    return replace(context(), files=LocalHomeFiles(str(folder)))


def write_session(folder: Path, mode: int = 0o600, **items: object) -> Path:
    place = folder / PLACE
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(items))
    place.chmod(mode)
    return place


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
async def test_the_session_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    file = SessionFile(at_home(tmp_path))
    await file.keep(Secret("test-bearer-1"), Secret("test-refresh-1"))
    place = tmp_path / PLACE
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert json.loads(place.read_text()) == {"bearerToken": "test-bearer-1", "refreshToken": "test-refresh-1"}


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
async def test_rights_of_others_are_taken_away_when_it_is_read(tmp_path: Path) -> None:
    place = write_session(tmp_path, 0o644, bearerToken="test-bearer-1")
    stored = await SessionFile(at_home(tmp_path)).read()
    assert stored.bearer == Secret("test-bearer-1")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


async def test_one_item_is_cleared_and_the_last_one_takes_the_file_along(tmp_path: Path) -> None:
    place = write_session(tmp_path, bearerToken="test-bearer-1", refreshToken="test-refresh-1")
    file = SessionFile(at_home(tmp_path))
    await file.drop_token("refreshToken", Secret("test-refresh-1"))
    assert json.loads(place.read_text()) == {"bearerToken": "test-bearer-1"}
    await file.drop_token("bearerToken", Secret("test-bearer-1"))
    assert not place.exists()


async def test_what_another_program_has_written_meanwhile_stays(tmp_path: Path) -> None:
    other = {"Name": "session", "Value": "other", "Domain": ".factory.ai"}
    place = write_session(tmp_path, bearerToken="test-bearer-2", refreshToken="test-refresh-2", cookies=[other])
    before = place.read_text()
    file = SessionFile(at_home(tmp_path))
    await file.drop_token("bearerToken", Secret("test-bearer-1"))
    await file.drop_token("refreshToken", Secret("test-refresh-1"))
    await file.drop_cookies((Cookie("session", Secret("mine"), "factory.ai"),))
    assert place.read_text() == before


async def test_tokens_that_cannot_be_written_serve_the_next_fetch() -> None:
    case = load_case(CASES / "stored_refresh_not_writable.json")
    ports = CasePorts.from_case(case, PROVIDER)
    first = await run_strategies(PROVIDER, ports.context, Source.WEB)
    assert first.snapshot is not None
    file = SessionFile(ports.context)
    stored = await file.read()
    assert (stored.bearer, stored.refresh) == (Secret("test-access-2"), Secret("test-refresh-2"))
    await file.drop_token("refreshToken", Secret("test-refresh-2"))
    assert (await file.read()).refresh == Secret("test-refresh-1")


@pytest.mark.parametrize("name", ["stored_bearer", "stored_cookies", "storage_access_token", "cached_works"])
async def test_no_cookies_of_a_browser_are_read_while_something_else_works(name: str) -> None:
    ports = CasePorts.from_case(load_case(CASES / f"{name}.json"), PROVIDER)
    result = await run_strategies(PROVIDER, ports.context, Source.WEB)
    assert result.snapshot is not None
    assert ports.browsers.read == []


async def test_a_key_does_not_lead_to_any_browser() -> None:
    ports = CasePorts.from_case(load_case(CASES / "auto_key_first.json"), PROVIDER)
    assert (await run_strategies(PROVIDER, ports.context, Source.AUTO)).source == "api"
    assert ports.browsers.read == []


async def test_the_place_of_a_key_is_told_when_it_is_the_one_in_force() -> None:
    files = {"~/.factory/.env": "FACTORY_API_KEY=test-key-3"}
    assert await locate_key(context(files=files)) == "~/.factory/.env"
    assert await locate_key(context(files=files, env={"FACTORY_API_KEY": "test-key-2"})) == ""
    assert await locate_key(context()) == ""


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({}, "/home/user/.local/share/codexbar/factory-session.json"),
        ({"env": {"XDG_DATA_HOME": "data"}}, "/home/user/.local/share/codexbar/factory-session.json"),
        ({"platform": "windows"}, "C:/Users/user/AppData/Local/codexbar/factory-session.json"),
        ({"platform": "macos"}, "/Users/user/Library/Application Support/CodexBar/factory-session.json"),
    ],
)
def test_where_the_session_file_is(parts: dict[str, Any], path: str) -> None:
    assert session_path(context(**parts)) == path


@pytest.mark.parametrize(
    ("text", "cookies", "bearer"),
    [
        ("a=1; b=2", "a=1; b=2", None),
        ("Cookie: 'a=1'", "a=1", None),
        ("Authorization: Bearer x.y", "", "x.y"),
        ("bearer x==", "", "x=="),
        ("access-token=t1; a=1", "access-token=t1; a=1", "t1"),
        ("curl https://a.example -H 'authorization: bearer tok' --cookie a=1", "a=1", "tok"),
        ("curl https://a.example?x=1 -H 'authorization: bearer tok'", "", "tok"),
        ("forbearer abc", None, None),
        ("a..b", None, None),
        ("a.b.c", "", "a.b.c"),
        ("a.b.c d", None, None),
        ("=; ;", None, None),
    ],
)
def test_what_is_found_in_pasted_text(text: str, cookies: str | None, bearer: str | None) -> None:
    login = parse_pasted(text)
    if cookies is None:
        assert login is None
        return
    assert login is not None
    assert "; ".join(f"{item.name}={item.value.reveal()}" for item in login.cookies) == cookies
    assert login.bearer == (Secret(bearer) if bearer else None)


@pytest.mark.parametrize(
    ("used", "allowance", "ratio", "percent"),
    [
        (0, 100, 0, 0),
        (30, 1e12, 0, 3e-9),
        (30, 1e12 + 1, 0, 0),
        (50, 100, -0.001, 0),
        (50, 100, 1.001, 100),
        (50, 100, 1.0011, 50),
        (50, 0, 100.1, 100),
        (50, 0, 100.2, 0),
        (50, 2e12, -0.1, 0),
        (50_000_000, 2e12, -0.2, 50),
        (5, -1, None, 0),
    ],
)
def test_percentages(used: float, allowance: float, ratio: float | None, percent: float) -> None:
    assert used_percent(used, allowance, ratio) == pytest.approx(percent)


@pytest.mark.parametrize(
    ("moment", "zone", "told"),
    [
        (datetime(2030, 1, 8, 0, 5, tzinfo=UTC), "UTC", "Resets Jan 8 at 12:05AM"),
        (datetime(2030, 12, 31, 23, 59, tzinfo=UTC), "Europe/Berlin", "Resets Jan 1 at 12:59AM"),
        (datetime(2030, 7, 1, 12, tzinfo=UTC), "No/Where", "Resets Jul 1 at 12:00PM"),
        (datetime.max.replace(tzinfo=UTC), "Asia/Tokyo", "Resets Dec 31 at 11:59PM"),
        (None, "UTC", None),
    ],
)
def test_reset_texts(moment: datetime | None, zone: str, told: str | None) -> None:
    assert reset_text(moment, local_zone(zone)) == told


@pytest.mark.parametrize(
    ("primary", "secondary", "expected"),
    [(10, 20, 20), (100, 20, 100), (10, 100, 100), (10, None, 10)],
)
def test_the_lane_of_the_tray(primary: float, secondary: float | None, expected: float) -> None:
    second = None if secondary is None else RateWindow(secondary)
    lane = main_lane(PROVIDER.descriptor, Snapshot(NOW, RateWindow(primary), second), NOW)
    assert lane is not None
    assert lane.used_percent == expected


async def test_lanes_are_called_what_they_are() -> None:
    names: dict[str, list[str]] = {}
    for case in ("api_token_limits", "api_usage"):
        ports = CasePorts.from_case(load_case(CASES / f"{case}.json"), PROVIDER)
        snapshot = (await run_strategies(PROVIDER, ports.context, Source.API)).snapshot
        assert snapshot is not None
        names[case] = [lane.label for lane in card_lanes(PROVIDER.descriptor, snapshot, NOW)]
    assert names["api_token_limits"] == ["5-hour", "Weekly", "Monthly", "Core 5h", "Core 7-day", "Core Monthly"]
    assert names["api_usage"] == ["Standard", "Premium"]
