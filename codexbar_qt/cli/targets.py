"""Which providers and accounts a command is about (cli.md 1 and 4). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codexbar_qt.cli.commands import ALL, BOTH
from codexbar_qt.cli.config_commands import find_provider
from codexbar_qt.cli.output import CommandError
from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.provider_api import AccountsSetting, InvalidSetting, MissingCredential

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.cli.usage_options import UsageOptions
    from codexbar_qt.core.app_config import AppConfig, ProviderEntry, TokenAccount
    from codexbar_qt.provider_api import Provider, ProviderError


@dataclass(frozen=True, slots=True)
class Target:
    """One fetch to make; with `error` there is nothing to fetch. `label` names the token account in the output.

    `is_named` says that the provider is on or was asked for by its name, which `all` is not.
    """

    provider: Provider
    entry: ProviderEntry
    account: TokenAccount | None = None
    label: str = field(default="", repr=False)
    error: ProviderError | None = None
    is_named: bool = True


def choose_targets(
    config: AppConfig, providers: Sequence[Provider], options: UsageOptions, *, hide_personal_info: bool = False
) -> tuple[Target, ...]:
    """Return what to fetch, in the order of the output. Raises CommandError of kind args."""
    chosen = choose_providers(config, providers, options.provider)
    if options.names_accounts and len(chosen) > 1:
        raise CommandError("Accounts belong to one provider. Name it with --provider.", "args")
    if options.names_accounts:
        found = [target for item in chosen for target in _account_targets(config, item, options, hide_personal_info)]
    else:
        found = [_active_target(config.entry(item.id), item, hide_personal_info) for item in chosen]
    by_name = (options.provider or ALL).strip().lower() != ALL
    return tuple(replace(target, is_named=by_name or target.entry.enabled) for target in found)


def choose_providers(config: AppConfig, providers: Sequence[Provider], name: str | None) -> tuple[Provider, ...]:
    """Return the providers of a name, an alias, `both` or `all`; without a name the enabled ones in config order."""
    known = {provider.id: provider for provider in providers}
    if name is None:
        return tuple(known[found] for found in config.enabled_ids if found in known)
    word = name.strip().lower()
    if word == ALL:
        return tuple(providers)
    if word != "both":
        return (find_provider(providers, name),)
    found = tuple(known[item] for item in BOTH if item in known)
    if not found:
        raise CommandError(f"There is no provider {' or '.join(BOTH)}. Name another one with --provider.", "args")
    return found


def _active_target(entry: ProviderEntry, provider: Provider, hide: bool) -> Target:
    if entry.invalid:
        told = f"The config entry of {provider.descriptor.name} cannot be used. Run codexbar config validate."
        return Target(provider, entry, error=InvalidSetting(told))
    if entry.account is None:
        return Target(provider, entry)
    place = entry.accounts.index(entry.account) + 1
    return Target(provider, entry, entry.account, account_name(entry.account, place, hide))


def _account_targets(config: AppConfig, provider: Provider, options: UsageOptions, hide: bool) -> tuple[Target, ...]:
    name, entry = provider.descriptor.name, config.entry(provider.id)
    if not any(isinstance(setting, AccountsSetting) for setting in provider.descriptor.settings):
        raise CommandError(f"{name} has no token accounts. Leave the account options out.", "args")
    if entry.invalid:
        return (_active_target(entry, provider, hide),)
    places = [place for place in range(1, len(entry.accounts) + 1) if _is_wanted(entry, place, options)]
    if places:
        return tuple(
            Target(provider, entry, account, account_name(account, place, hide))
            for place, account in enumerate(entry.accounts, 1)
            if place in places[: None if options.all_accounts else 1]
        )
    told = f"{name} has no account of this name or place. It has {len(entry.accounts)}; check the config."
    if not entry.accounts:
        told = f"{name} has no token accounts in the config. Add one in Settings."
    return (Target(provider, entry, error=MissingCredential(told)),)


def _is_wanted(entry: ProviderEntry, place: int, options: UsageOptions) -> bool:
    if options.account is not None:
        return entry.accounts[place - 1].label.strip().lower() == options.account.strip().lower()
    return options.all_accounts or options.account_index == place


def account_name(account: TokenAccount, place: int, hide: bool) -> str:
    """Return the label as printed; an address that is hidden leaves the account's place."""
    label = account.label.strip()
    return (without_addresses(label) or f"Account {place}") if hide and label else label
