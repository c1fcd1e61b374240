"""Names, the default set and token accounts (cli.md 1 and 4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cli.output import CommandError
from codexbar_qt.cli.targets import choose_providers, choose_targets
from codexbar_qt.cli.usage_options import UsageOptions
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.provider_api import FetchContext, Provider, Snapshot

UUIDS = [f"00000000-0000-4000-8000-00000000000{digit}" for digit in range(1, 5)]


async def never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


@pytest.fixture
def providers(make_provider: Callable[..., Provider]) -> tuple[Provider, ...]:
    return (
        make_provider("alpha", never, aliases=("al", "a.pha")),
        make_provider("beta", never, accounts=True),
        make_provider("gamma", never),
    )


def config_of(path: Path, now: datetime, providers: tuple[Provider, ...], *entries: dict[str, object]) -> AppConfig:
    path.write_text(json.dumps({"version": 1, "providers": entries}))
    return ConfigFile(ConfigLocation(path), providers, lambda: now).read()


def accounts(*labels: str, active: int = 0) -> dict[str, object]:
    listed = [
        {"id": identifier, "label": label, "token": f"test-key-{identifier[-1]}", "addedAt": 1}
        for identifier, label in zip(UUIDS, labels, strict=False)
    ]
    return {"version": 1, "activeIndex": active, "accounts": listed}


@pytest.fixture
def read(tmp_path: Path, now: datetime, providers: tuple[Provider, ...]) -> Callable[..., AppConfig]:
    return lambda *entries: config_of(tmp_path / "config.json", now, providers, *entries)


def test_default_set_is_what_is_enabled_in_config_order(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...]
) -> None:
    config = read({"id": "gamma", "enabled": True}, {"id": "alpha"}, {"id": "beta", "enabled": True})
    assert [item.id for item in choose_providers(config, providers, None)] == ["gamma", "beta"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("alpha", ["alpha"]), ("AL", ["alpha"]), (" A.Pha ", ["alpha"]), ("ALL", ["alpha", "beta", "gamma"])],
)
def test_names(read: Callable[..., AppConfig], providers: tuple[Provider, ...], name: str, found: list[str]) -> None:
    assert [item.id for item in choose_providers(read(), providers, name)] == found


def test_both_means_the_two_primary_providers(
    read: Callable[..., AppConfig], make_provider: Callable[..., Provider], providers: tuple[Provider, ...]
) -> None:
    with pytest.raises(CommandError, match="There is no provider codex or claude"):
        choose_providers(read(), providers, "both")
    pair = (make_provider("claude", never), make_provider("codex", never))
    assert [item.id for item in choose_providers(read(), (*providers, *pair), "both")] == ["codex", "claude"]


@pytest.mark.parametrize("name", ["delta", "", "alphabet"])
def test_an_unknown_name_is_refused(read: Callable[..., AppConfig], providers: tuple[Provider, ...], name: str) -> None:
    with pytest.raises(CommandError) as caught:
        choose_providers(read(), providers, name)
    assert caught.value.kind == "args"


def test_without_flags_the_active_account_is_taken(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...]
) -> None:
    config = read({"id": "beta", "enabled": True, "tokenAccounts": accounts("home", " work ", active=9)})
    (target,) = choose_targets(config, providers, UsageOptions())
    assert target.account is not None
    assert (target.label, target.account.token.reveal(), target.error) == ("work", "test-key-2", None)


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (UsageOptions(provider="beta", account=" WORK "), ["work"]),
        (UsageOptions(provider="beta", account_index=1), ["home"]),
        (UsageOptions(provider="beta", account_index=3), ["work"]),
        (UsageOptions(provider="beta", all_accounts=True), ["home", "work", "work"]),
        (UsageOptions(all_accounts=True), ["home", "work", "work"]),
    ],
)
def test_accounts_by_label_place_and_all(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...], options: UsageOptions, labels: list[str]
) -> None:
    config = read({"id": "beta", "enabled": True, "tokenAccounts": accounts("home", "work", "work")})
    found = choose_targets(config, providers, options)
    assert [target.label for target in found] == labels
    assert found[0].account is not None
    if options.account is not None:
        assert found[0].account.token.reveal() == "test-key-2"


@pytest.mark.parametrize(
    "options",
    [
        UsageOptions(provider="beta", account="other"),
        UsageOptions(provider="beta", account_index=2),
    ],
)
def test_an_unknown_account_is_an_error_of_the_provider(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...], options: UsageOptions
) -> None:
    (target,) = choose_targets(read({"id": "beta", "tokenAccounts": accounts("home")}), providers, options)
    assert (target.account, target.label) == (None, "")
    assert str(target.error) == "Beta has no account of this name or place. It has 1; check the config."


@pytest.mark.parametrize(
    "options", [UsageOptions(provider="beta", all_accounts=True), UsageOptions(provider="beta", account="x")]
)
def test_no_accounts_at_all_is_an_error_of_the_provider(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...], options: UsageOptions
) -> None:
    (target,) = choose_targets(read(), providers, options)
    assert str(target.error) == "Beta has no token accounts in the config. Add one in Settings."


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            UsageOptions(provider="alpha", all_accounts=True),
            "Alpha has no token accounts. Leave the account options out.",
        ),
        (UsageOptions(provider="all", account="x"), "Accounts belong to one provider. Name it with --provider."),
        (UsageOptions(account_index=1), "Accounts belong to one provider. Name it with --provider."),
    ],
)
def test_account_flags_that_do_not_fit(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...], options: UsageOptions, told: str
) -> None:
    config = read({"id": "alpha", "enabled": True}, {"id": "beta", "enabled": True})
    with pytest.raises(CommandError) as caught:
        choose_targets(config, providers, options)
    assert (caught.value.message, caught.value.kind) == (told, "args")


def test_account_flags_with_nothing_enabled_find_nothing(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...]
) -> None:
    assert choose_targets(read(), providers, UsageOptions(account="x")) == ()


@pytest.mark.parametrize("options", [UsageOptions(provider="beta"), UsageOptions(provider="beta", all_accounts=True)])
def test_a_bad_entry_is_an_error_of_its_provider(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...], options: UsageOptions
) -> None:
    (target,) = choose_targets(read({"id": "beta", "enabled": "often"}), providers, options)
    assert str(target.error) == "The config entry of Beta cannot be used. Run codexbar config validate."


def test_hidden_labels_keep_their_place(read: Callable[..., AppConfig], providers: tuple[Provider, ...]) -> None:
    config = read({"id": "beta", "tokenAccounts": accounts("user@example.com", "work user@example.com", "")})
    found = choose_targets(config, providers, UsageOptions("beta", all_accounts=True), hide_personal_info=True)
    assert [target.label for target in found] == ["Account 1", "work", ""]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("gamma", {"gamma": True}),
        (" GAMMA ", {"gamma": True}),
        ("al", {"alpha": True}),
        ("all", {"alpha": True, "beta": False, "gamma": False}),
        (" All ", {"alpha": True, "beta": False, "gamma": False}),
        (None, {"alpha": True}),
    ],
)
def test_all_names_nobody(
    read: Callable[..., AppConfig], providers: tuple[Provider, ...], name: str | None, named: dict[str, bool]
) -> None:
    config = read({"id": "alpha", "enabled": True}, {"id": "beta"}, {"id": "gamma"})
    targets = choose_targets(config, providers, UsageOptions(provider=name))
    assert {target.provider.id: target.is_named for target in targets} == named
