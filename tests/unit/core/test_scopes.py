"""The parts of an account: read and changed in the config, fetched side by side, shown and kept one by one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.app_config import changed_ids
from codexbar_qt.core.config_edit import set_enabled
from codexbar_qt.core.config_normal import normalise, read_entry
from codexbar_qt.core.config_scopes import set_scope_enabled, store_found_scopes
from codexbar_qt.core.scope_fields import MOST_SCOPES, enabled_ids, known_scopes
from codexbar_qt.provider_api import (
    AuthRejected,
    FetchContext,
    Identity,
    Provider,
    ProviderDescriptor,
    ProviderError,
    RateWindow,
    Scope,
    ScopesSetting,
    Snapshot,
    Source,
    Strategy,
)

if TYPE_CHECKING:
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.core.session import AppSession
    from tests.unit.core.session_world import World

Root = dict[str, object]
WORKS, LAB = Scope("org-1", "Example Works", "owner"), Scope("org-2", "Harbour Lab")
KNOWN = [{"id": "org-1", "name": "Example Works", "role": "owner"}, {"id": "org-2", "name": "Harbour Lab"}]
OWN, FIRST, SECOND = (AccountKey("delta", "", scope) for scope in ("", "org-1", "org-2"))


async def nothing(ctx: FetchContext, source: Source) -> tuple[Scope, ...]:
    raise AssertionError(ctx, source)


SETTING = ScopesSetting("Organizations", "deltaKnown", "deltaOn", "Personal account", "Personal", nothing)


@dataclass
class Service:
    """A provider with parts. `answers` are per scope id; `running` says who is being asked right now."""

    answers: dict[str, Snapshot | ProviderError] = field(default_factory=dict[str, "Snapshot | ProviderError"])
    asked: list[str] = field(default_factory=list[str])
    running: set[str] = field(default_factory=set[str])
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def provider(self) -> Provider:
        descriptor = ProviderDescriptor("delta", "Delta", "#336699", 3, settings=(SETTING,), default_enabled=True)
        return Provider(descriptor, (Strategy(Source.API, self.fetch),))

    async def fetch(self, ctx: FetchContext) -> Snapshot:
        name = ctx.scope.id if ctx.scope else ""
        self.asked.append(name)
        self.running.add(name)
        await self.gate.wait()
        self.running.discard(name)
        answer = self.answers.get(name, Snapshot(ctx.clock.now(), RateWindow(10.0)))
        if isinstance(answer, ProviderError):
            raise answer
        return answer


@pytest.fixture
def service() -> Service:
    made = Service()
    made.gate.set()
    return made


@pytest.fixture
async def session(world: World, service: Service, monkeypatch: pytest.MonkeyPatch) -> AppSession:
    plain = world.context

    def context(request: FetchRequest) -> FetchContext:
        return replace(plain(request), scope=request.scope)

    monkeypatch.setattr(world, "context", context)
    monkeypatch.setattr(world, "providers", (service.provider,))
    return await world.begin()


async def store(session: AppSession, world: World, *on: str) -> None:
    def edit(root: Root) -> None:
        store_found_scopes(root, "delta", SETTING, (WORKS, LAB))
        for name in on:
            set_scope_enabled(root, "delta", SETTING, name, True)

    assert await session.edit_config(edit) == ""
    await world.clock.settle()


# Config


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        (KNOWN, (WORKS, LAB)),
        (None, ()),
        ("org-1", ()),
        ({"id": "org-1"}, ()),
        ([{"name": "x"}, {"id": " "}, {"id": 7}, "org-1", None, *KNOWN], (WORKS, LAB)),
        (
            [{"id": "org-1"}, {"id": "org-2", "name": " ", "role": 7}],
            (Scope("org-1", "org-1"), Scope("org-2", "org-2")),
        ),
        ([KNOWN[0], {"id": "org-1", "name": "Again"}], (WORKS,)),
        ([{"id": "org-1", "name": "Two\nlines\u202e"}], (Scope("org-1", "Two lines"),)),
    ],
)
def test_known_parts_are_read_tolerantly(stored: object, found: tuple[Scope, ...]) -> None:
    assert known_scopes(SETTING, {"deltaKnown": stored}) == found


@pytest.mark.parametrize(
    ("stored", "ids"),
    [(["org-2", "org-1"], ("org-2", "org-1")), (["a", " a ", "", 7, None, "b"], ("a", "b")), ("a", ()), (None, ())],
)
def test_the_ids_that_are_on_keep_their_order(stored: object, ids: tuple[str, ...]) -> None:
    assert enabled_ids(SETTING, {"deltaOn": stored}) == ids


def test_an_entry_has_the_parts_that_are_on_and_known(service: Service) -> None:
    raw = {"id": "delta", "deltaKnown": KNOWN, "deltaOn": ["org-9", "org-2", "org-1"]}
    entry = read_entry(service.provider, raw)
    assert (entry.known_scopes, entry.scopes) == ((WORKS, LAB), (LAB, WORKS))
    assert entry.scope_fields == {"deltaKnown", "deltaOn"}
    without = Provider(replace(service.provider.descriptor, settings=()), service.provider.strategies)
    assert read_entry(without, raw).scopes == read_entry(without, raw).known_scopes == ()


def test_the_fields_survive_normalisation_as_they_are(service: Service) -> None:
    stored = {"id": "delta", "enabled": True, "deltaKnown": [*KNOWN, 7], "deltaOn": ["org-9", None]}
    root = normalise({"version": 1, "providers": [stored]}, [service.provider])
    assert root["providers"] == [stored]


def test_at_most_a_hundred_parts_are_known() -> None:
    found = [Scope(f"org-{place}", "x") for place in range(MOST_SCOPES + 5)]
    entry: Root = {"id": "delta"}
    store_found_scopes({"providers": [entry]}, "delta", SETTING, found)
    stored = entry["deltaKnown"]
    assert isinstance(stored, list)
    assert len(stored) == MOST_SCOPES
    assert len(known_scopes(SETTING, {"deltaKnown": [{"id": scope.id} for scope in found]})) == MOST_SCOPES


def test_what_is_found_again_keeps_its_switch() -> None:
    entry: Root = {"id": "delta", "deltaKnown": KNOWN, "deltaOn": ["org-2", "org-1"]}
    root: Root = {"providers": [entry]}
    store_found_scopes(root, "delta", SETTING, (replace(LAB, name="Harbour"), Scope("org-3", "New")))
    assert entry["deltaOn"] == ["org-2"]
    assert entry["deltaKnown"] == [{"id": "org-2", "name": "Harbour"}, {"id": "org-3", "name": "New"}]
    set_scope_enabled(root, "delta", SETTING, "org-3", True)
    set_scope_enabled(root, "delta", SETTING, "org-3", True)
    assert entry["deltaOn"] == ["org-2", "org-3"]
    store_found_scopes(root, "delta", SETTING, ())
    assert entry == {"id": "delta"}


# The session


async def test_without_parts_there_is_one_account_and_one_card(session: AppSession, world: World) -> None:
    assert session.keys("delta") == (OWN,)
    assert [card.key for card in session.cards("delta")] == [OWN]
    assert session.card("delta").account_text == ""
    assert world.store.get(OWN).snapshot == Snapshot(world.clock.now(), RateWindow(10.0))


async def test_a_part_that_is_switched_on_is_fetched_alone(session: AppSession, world: World, service: Service) -> None:
    before = world.store.get(OWN)
    service.asked.clear()
    await store(session, world, "org-2")
    assert session.keys("delta") == (OWN, SECOND)
    assert service.asked == ["org-2"]
    assert world.store.get(OWN) == before
    assert world.store.get(SECOND).snapshot is not None


async def test_all_parts_are_asked_at_the_same_time(session: AppSession, world: World, service: Service) -> None:
    await store(session, world, "org-2", "org-1")
    service.asked.clear()
    service.gate.clear()
    session.refresh("delta")
    await world.clock.settle()
    assert service.running == {"", "org-1", "org-2"}
    assert service.asked == ["", "org-2", "org-1"]
    service.gate.set()
    await world.clock.settle()
    assert service.running == set()


async def test_every_part_has_a_card_with_its_name(session: AppSession, world: World) -> None:
    await store(session, world, "org-2", "org-1")
    session.refresh("delta")
    await world.clock.settle()
    cards = session.cards("delta")
    assert [(card.name, card.account_text) for card in cards] == [
        ("Delta", "Personal"),
        ("Delta", "Harbour Lab"),
        ("Delta", "Example Works"),
    ]
    organizations = [world.store.get(key).snapshot for key in session.keys("delta")]
    assert [item.identity.organization for item in organizations if item and item.identity] == [
        "Personal",
        "Harbour Lab",
        "Example Works",
    ]


async def test_a_service_that_names_the_organization_is_believed(
    session: AppSession, world: World, service: Service
) -> None:
    told = Identity("user@example.com", "Works Ltd", "Pro")
    service.answers["org-1"] = Snapshot(world.clock.now(), identity=told)
    await store(session, world, "org-1")
    snapshot = world.store.get(FIRST).snapshot
    assert snapshot is not None
    assert snapshot.identity == told
    assert session.cards("delta")[1].account_text == "Example Works"


async def test_every_part_has_an_error_of_its_own(session: AppSession, world: World, service: Service) -> None:
    service.answers["org-1"] = AuthRejected("No access. Ask the owner.")
    await store(session, world, "org-1", "org-2")
    own, first, second = session.cards("delta")
    assert (own.error_text, second.error_text) == ("", "")
    assert (first.error_text, first.fix_action) == ("No access. Ask the owner.", "settings")
    assert not session.tab("delta").failed
    assert "needs attention" not in session.tray().tooltip
    service.answers = {"": AuthRejected("Signed out. Sign in.")}
    session.refresh("delta")
    await world.clock.settle()
    assert [card.error_text != "" for card in session.cards("delta")] == [True, False, False]
    assert session.tab("delta").failed


async def test_the_icon_shows_the_person(session: AppSession, world: World, service: Service) -> None:
    service.answers["org-1"] = Snapshot(world.clock.now(), RateWindow(99.0))
    await store(session, world, "org-1")
    assert session.tray().top == 90
    assert session.tray().tooltip == "Delta: 90% left"


async def test_a_part_that_is_switched_off_leaves_nothing(session: AppSession, world: World, service: Service) -> None:
    await store(session, world, "org-1")
    service.asked.clear()
    await session.edit_config(lambda root: set_scope_enabled(root, "delta", SETTING, "org-1", False))
    await world.clock.settle()
    assert world.store.accounts() == (OWN,)
    assert service.asked == []
    assert session.card("delta").account_text == ""


async def test_parts_that_come_or_go_change_no_numbers(session: AppSession, world: World) -> None:
    before = session.config
    await store(session, world, "org-1")
    assert changed_ids(before, session.config) == frozenset()
    await session.edit_config(lambda root: set_enabled(root, "delta", False))
    assert changed_ids(before, session.config) == {"delta"}
    assert world.store.accounts() == ()


async def test_the_popup_asks_for_parts_that_are_missing(session: AppSession, world: World, service: Service) -> None:
    service.answers["org-1"] = AuthRejected("No access. Ask the owner.")
    await store(session, world, "org-1")
    del service.answers["org-1"]
    service.asked.clear()
    session.popup_opened()
    await world.clock.advance(2)
    assert service.asked == []  # a refused sign-in waits for a person
    await session.edit_preferences({"refresh_when_menu_opens": True})
    session.popup_opened()
    await world.clock.advance(2)
    assert service.asked == [""]
    session.refresh("delta")
    await world.clock.settle()
    assert service.asked == ["", "", "org-1"]


async def test_parts_are_kept_across_launches_one_by_one(session: AppSession, world: World, service: Service) -> None:
    service.answers["org-1"] = Snapshot(world.clock.now(), RateWindow(77.0))
    await store(session, world, "org-1")
    await world.end()
    service.answers = {"": AuthRejected("No."), "org-1": AuthRejected("No.")}
    again = await world.begin()
    shown = [world.store.get(key).snapshot for key in again.keys("delta")]
    assert [item.primary.used_percent for item in shown if item and item.primary] == [10.0, 77.0]


async def test_hidden_addresses_stay_hidden_in_names(session: AppSession, world: World) -> None:
    def edit(root: Root) -> None:
        store_found_scopes(root, "delta", SETTING, (Scope("org-1", "Team of user@example.com"),))
        set_scope_enabled(root, "delta", SETTING, "org-1", True)

    await session.edit_config(edit)
    assert session.cards("delta")[1].account_text == "Team of user@example.com"
    await session.edit_preferences({"hide_personal_info": True})
    assert session.cards("delta")[1].account_text == "Team of"
