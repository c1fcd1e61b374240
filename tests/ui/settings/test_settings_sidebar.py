"""The sidebar's list: what is in it, how it is filtered, how its order is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.config_edit import reorder, set_enabled
from codexbar_qt.provider_api import AuthRejected
from codexbar_qt.ui.provider_list_model import ProviderListModel

if TYPE_CHECKING:
    from tests.ui.settings.conftest import World


@pytest.fixture
def sidebar(world: World) -> ProviderListModel:
    found = world.model.providers
    assert isinstance(found, ProviderListModel)
    return found


def names(sidebar: ProviderListModel) -> list[str]:
    return [item.provider_id for item in sidebar.items]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["alpha", "beta", "gamma"]),
        ("ALPHA", ["alpha"]),
        ("  code ", ["beta"]),
        ("first", ["alpha"]),
        ("gam", ["gamma"]),
        ("nothing", []),
    ],
)
async def test_search_finds_name_id_and_alias(sidebar: ProviderListModel, typed: str, found: list[str]) -> None:
    sidebar.search(typed)
    assert names(sidebar) == found
    assert sidebar.shownCount == len(found)
    assert sidebar.sortable == (typed == "")


async def test_counts_what_is_on_even_while_filtered(world: World, sidebar: ProviderListModel) -> None:
    assert sidebar.enabledCount == 0
    sidebar.search("gamma")
    assert await world.session.edit_config(lambda raw: set_enabled(raw, "alpha", True)) == ""
    assert sidebar.enabledCount == 1
    assert names(sidebar) == ["gamma"]


async def test_a_moved_line_is_stored(world: World, sidebar: ProviderListModel) -> None:
    sidebar.move(0, 2)
    assert names(sidebar) == ["beta", "gamma", "alpha"]
    await world.until(lambda: [one.id for one in world.config_file.read().entries] == ["beta", "gamma", "alpha"])
    assert names(sidebar) == ["beta", "gamma", "alpha"]


async def test_nothing_is_stored_before_the_drop(world: World, sidebar: ProviderListModel) -> None:
    sidebar.drag(0, 1)
    assert names(sidebar) == ["beta", "alpha", "gamma"]
    # A refresh that ends meanwhile must not put the line back.
    world.session.store.fail(world.session.active_key("alpha"), AuthRejected("Sign in again."), world.clock.now())
    assert names(sidebar) == ["beta", "alpha", "gamma"]
    assert not world.config_file.read().path.exists()
    sidebar.drop()
    await world.until(lambda: world.session.config.entries[0].id == "beta")
    await world.until(lambda: [one.id for one in world.config_file.read().entries] == names(sidebar))


async def test_order_stays_while_filtered(world: World, sidebar: ProviderListModel) -> None:
    sidebar.search("a")
    sidebar.move(0, 1)
    assert names(sidebar) == ["alpha", "beta", "gamma"]
    assert world.session.config.entries[0].id == "alpha"


async def test_places_that_do_not_exist_move_nothing(sidebar: ProviderListModel) -> None:
    for source, target in ((0, 3), (-1, 0), (1, 1)):
        sidebar.move(source, target)
    assert names(sidebar) == ["alpha", "beta", "gamma"]


async def test_an_order_made_outside_shows_at_once(world: World, sidebar: ProviderListModel) -> None:
    world.config_file.update(lambda raw: reorder(raw, ["gamma", "alpha", "beta"]))
    # The watcher of the app compares with what the app itself wrote; another process has its own file object.
    world.session._take_config(world.config_file.load())
    assert names(sidebar) == ["gamma", "alpha", "beta"]
    assert sidebar.place("alpha") == 1
    assert sidebar.place("missing") == -1


async def test_a_failed_refresh_marks_the_line(world: World, sidebar: ProviderListModel) -> None:
    await world.session.edit_config(lambda raw: set_enabled(raw, "alpha", True))
    assert [item.failed for item in sidebar.items] == [False, False, False]
    world.session.store.fail(world.session.active_key("alpha"), AuthRejected("Sign in again."), world.clock.now())
    assert [item.failed for item in sidebar.items] == [True, False, False]
    await world.session.edit_config(lambda raw: set_enabled(raw, "alpha", False))
    assert [item.failed for item in sidebar.items] == [False, False, False]
