"""Accounts with a shared scope on a settings page: the switch, the ids, what is refused and where it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from codexbar_qt.core.config_edit import add_account
from codexbar_qt.provider_api import AccountsSetting
from codexbar_qt.ui.account_scope import SharedScope
from codexbar_qt.ui.accounts_field_model import AccountsField

if TYPE_CHECKING:
    from tests.ui.settings.conftest import World

IDS = ["o-1", "p-1"]


@pytest.fixture
async def accounts(world: World) -> AccountsField:
    world.model.showProvider("alpha")
    page = world.model.shown_page
    assert page is not None
    return next(field for field in page.controls() if isinstance(field, AccountsField))


def stored(world: World) -> list[dict[str, object]]:
    data = cast("dict[str, list[dict[str, object]]]", world.entry("alpha").get("tokenAccounts", {}))
    return data.get("accounts", [])


async def test_the_switch_and_the_ids_are_those_that_are_declared(accounts: AccountsField) -> None:
    assert accounts.scopeLabel == "Team mode"
    assert accounts.scopeFields == ["Organization ID", "Project ID"]
    assert (accounts.scopePlace, accounts.scopeErrors) == ("", ["", ""])


async def test_a_team_account_is_stored_with_its_ids(world: World, accounts: AccountsField) -> None:
    assert accounts.add("Work", "test-key-1", True, ["  o-1 ", "p-1\n"])
    await world.until(lambda: accounts.count == 1)
    (account,) = stored(world)
    assert {key: account.get(key) for key in ("label", "token", "usageScope", "organizationId", "workspaceID")} == {
        "label": "Work",
        "token": "test-key-1",
        "usageScope": "team",
        "organizationId": "o-1",
        "workspaceID": "p-1",
    }
    row = accounts.listed[0]
    assert (row.shared, row.values) == (True, ("o-1", "p-1"))
    assert row.detail == "Team · Organization ID: o-1 · Project ID: p-1"
    assert "test-key" not in repr(row)


async def test_a_personal_account_has_nothing_beside_its_token(world: World, accounts: AccountsField) -> None:
    assert accounts.add("Own", "test-key-1", False, ["o-1", ""])
    await world.until(lambda: accounts.count == 1)
    assert stored(world)[0].keys() == {"id", "label", "token", "addedAt"}
    assert (accounts.listed[0].shared, accounts.listed[0].detail) == (False, "")


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (["", " "], ["The Organization ID is missing. Enter it.", "The Project ID is missing. Enter it."]),
        (["o\n1", "p-1"], ["The Organization ID has more than one line. Paste the value alone.", ""]),
        (["o-1", "x-1"], ["", "A project starts with p-. Copy it from the console."]),
        (["o-1", "p-1\r\np-2"], ["", "The Project ID has more than one line. Paste the value alone."]),
    ],
)
async def test_ids_that_cannot_be_used_are_refused_where_they_stand(
    world: World, accounts: AccountsField, values: list[str], errors: list[str]
) -> None:
    assert not accounts.add("Work", "test-key-1", True, values)
    assert (accounts.scopePlace, accounts.scopeErrors, accounts.error) == ("", errors, "")
    assert not world.session.config.path.exists()
    accounts.forgive("")
    assert accounts.scopeErrors == ["", ""]


async def test_everything_that_is_wrong_is_said_at_once(world: World, accounts: AccountsField) -> None:
    assert not accounts.add("", "test-key-1", True, ["", "p-1"])
    assert "no name" in accounts.error
    assert accounts.scopeErrors[0]
    assert not world.session.config.path.exists()


async def test_scope_and_ids_of_an_account_change(world: World, accounts: AccountsField) -> None:
    assert accounts.add("Work", "test-key-1")
    await world.until(lambda: accounts.count == 1)
    name = accounts.listed[0].id
    assert not accounts.change(name, True, ["o-1", ""])
    assert (accounts.scopePlace, accounts.scopeErrors[1]) == (name, "The Project ID is missing. Enter it.")
    assert "usageScope" not in stored(world)[0]
    accounts.forgive("")
    assert accounts.scopeErrors[1]
    assert accounts.change(name, True, IDS)
    assert accounts.scopeErrors == ["", ""]
    await world.until(lambda: accounts.listed[0].shared)
    assert (stored(world)[0]["usageScope"], stored(world)[0]["workspaceID"]) == ("team", "p-1")
    assert accounts.change(name, False, ["", ""])
    await world.until(lambda: not accounts.listed[0].shared)
    assert "usageScope" not in stored(world)[0]
    assert accounts.listed[0].values == ("o-1", "p-1")


async def test_what_an_account_of_the_file_lacks_is_named(world: World, accounts: AccountsField) -> None:
    fields = {"usageScope": "TEAM", "organizationId": "o-1"}

    def add(raw: dict[str, object]) -> None:
        add_account(raw, "alpha", "Work", "test-key-1", world.clock.now(), fields)

    await world.session.edit_config(add)
    await world.until(lambda: accounts.count == 1)
    assert accounts.listed[0].detail == "Team · Organization ID: o-1 · Project ID: missing"


@pytest.mark.parametrize("scopes", [(), ("personal",)])
def test_without_a_second_scope_there_is_no_switch(scopes: tuple[str, ...]) -> None:
    scope = SharedScope.of(AccountsSetting("Keys", injects="apiKey", usage_scopes=scopes))
    assert (scope.label, scope.fields, scope.stored(False, ())) == ("", (), {})
