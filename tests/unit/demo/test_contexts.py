"""The demo: every built-in provider answers, twice the same, out of nothing but the demo files."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.app_config import ProviderEntry
from codexbar_qt.core.config_normal import read_entry
from codexbar_qt.core.fetch_service import FetchRequest, FetchService, UnexpectedFailure
from codexbar_qt.core.registry import load_registry
from codexbar_qt.demo.clock import DEMO_MORNING
from codexbar_qt.demo.contexts import DemoContexts
from codexbar_qt.provider_api import (
    NoUsageData,
    Provider,
    ProviderDescriptor,
    RateLimited,
    Scope,
    ScopesSetting,
    Source,
)
from codexbar_qt.provider_testing import FakeClock

if TYPE_CHECKING:
    from codexbar_qt.provider_api.fallback import FetchResult

PROVIDERS = load_registry().providers


@pytest.fixture
def folder(repo_root: Path) -> Path:
    return repo_root / "resources" / "demo"


@pytest.fixture
def demo(folder: Path) -> DemoContexts:
    return DemoContexts(folder, FakeClock(DEMO_MORNING))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def fetch(demo: DemoContexts, provider: Provider) -> FetchResult:
    return await FetchService(demo).fetch(FetchRequest(provider, ProviderEntry(provider.id, enabled=True)))


def test_the_demo_files_are_those_of_the_built_ins(demo: DemoContexts) -> None:
    assert set(demo.provider_ids()) == {provider.id for provider in PROVIDERS}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
async def test_every_provider_answers_as_its_file_says_again_and_again(demo: DemoContexts, provider: Provider) -> None:
    first = await fetch(demo, provider)
    again = await fetch(demo, provider)
    assert (first.snapshot is None) is (first.error is not None)
    assert not isinstance(first.error, UnexpectedFailure | NoUsageData)
    assert (again.snapshot, type(again.error), again.source) == (first.snapshot, type(first.error), first.source)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
async def test_two_runs_of_the_demo_show_the_same(folder: Path, provider: Provider) -> None:
    runs = [await fetch(DemoContexts(folder, FakeClock(DEMO_MORNING)), provider) for _ in range(2)]
    assert runs[0].snapshot == runs[1].snapshot
    assert repr(runs[0].error) == repr(runs[1].error)


async def test_the_demo_asks_nobody(demo: DemoContexts, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(arguments, options)

    monkeypatch.setattr(subprocess.Popen, "__init__", refuse)
    monkeypatch.setattr(Path, "home", refuse)
    monkeypatch.setattr("os.path.expanduser", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    for provider in PROVIDERS:
        assert not isinstance((await fetch(demo, provider)).error, UnexpectedFailure)
    assert names_in(home) == set()


async def test_what_an_earlier_launch_saw_comes_before_the_demo(demo: DemoContexts, folder: Path) -> None:
    seen = {provider.id: await demo.earlier(provider) for provider in PROVIDERS}
    with_file = {f"{name}.earlier.json" for name, result in seen.items() if result is not None}
    assert with_file == {name for name in names_in(folder) if name.endswith(".earlier.json")} != set()
    for result in seen.values():
        if result is not None:
            assert result.snapshot is not None
            assert result.snapshot.updated_at < DEMO_MORNING


async def test_the_demo_has_something_good_and_something_that_failed(demo: DemoContexts) -> None:
    results = [await fetch(demo, provider) for provider in PROVIDERS]
    assert any(result.snapshot for result in results)
    assert any(isinstance(result.error, RateLimited) for result in results)


async def test_a_provider_without_demo_data_says_so(demo: DemoContexts) -> None:
    stranger = Provider(ProviderDescriptor("acme", "Acme", "#112233", 1), PROVIDERS[0].strategies)
    result = await fetch(demo, stranger)
    assert isinstance(result.error, NoUsageData)
    assert result.error.message == "Acme has no demo data."
    assert await demo.earlier(stranger) is None


def parted() -> list[tuple[Provider, ScopesSetting]]:
    declared = [(one, setting) for one in PROVIDERS for setting in one.descriptor.settings]
    return [(one, setting) for one, setting in declared if isinstance(setting, ScopesSetting)]


@pytest.mark.parametrize(("provider", "setting"), parted(), ids=lambda value: getattr(value, "id", ""))
async def test_the_parts_of_an_account_have_answers_of_their_own(
    demo: DemoContexts, folder: Path, provider: Provider, setting: ScopesSetting
) -> None:
    stored = demo.stored_scopes(provider)
    assert set(stored) == {setting.known_key, setting.enabled_key}
    entry = read_entry(provider, {"id": provider.id, **stored})
    assert entry.scopes
    assert len(entry.known_scopes) > len(entry.scopes)
    own = await fetch(demo, provider)
    for scope in entry.scopes:
        assert f"{provider.id}.{scope.id}.json" in names_in(folder)
        result = await FetchService(demo).fetch(FetchRequest(provider, entry, scope=scope))
        assert result.snapshot != own.snapshot
        assert not isinstance(result.error, UnexpectedFailure | NoUsageData)
    found = await setting.find(demo.context(FetchRequest(provider, entry)), Source.AUTO)
    assert found == entry.known_scopes


async def test_a_part_without_demo_data_says_so(demo: DemoContexts) -> None:
    entry = ProviderEntry(PROVIDERS[0].id, enabled=True)
    for name in ("no-such-part", "../" + PROVIDERS[1].id, "earlier"):
        request = FetchRequest(PROVIDERS[0], entry, scope=Scope(name, "Acme"))
        assert isinstance((await FetchService(demo).fetch(request)).error, NoUsageData)


def test_other_providers_have_no_parts(demo: DemoContexts) -> None:
    plain = [one for one in PROVIDERS if one not in [owner for owner, _ in parted()]]
    assert plain
    assert [demo.stored_scopes(one) for one in plain] == [{}] * len(plain)


async def test_a_fault_in_a_demo_file_is_an_internal_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / f"{PROVIDERS[0].id}.json").write_text("{")
    result = await fetch(DemoContexts(tmp_path, FakeClock(datetime(2030, 1, 8, tzinfo=UTC))), PROVIDERS[0])
    assert isinstance(result.error, UnexpectedFailure)
    assert caplog.records
