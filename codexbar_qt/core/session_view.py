"""What can be read of the running application: config, preferences, providers, cards, tabs, the tray."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.cost_block import CARD_TITLE, present_cost_block
from codexbar_qt.core.credentials import account_env, fetch_values, selected_account
from codexbar_qt.core.presenter import Look, name_part, present_card, present_tab
from codexbar_qt.core.scope_fields import scopes_setting
from codexbar_qt.core.session_costs import build_costs, cost_wishes
from codexbar_qt.core.session_updates import build_updates, update_wishes
from codexbar_qt.core.spend_tab import present_spend_tab
from codexbar_qt.core.tray_presenter import TraySubject, present_tray
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.provider_api import SecretSetting
from codexbar_qt.provider_api.resolution import (
    ResolvedSettings,
    entry_text,
    env_names,
    find_setting,
    is_bound_elsewhere,
    resolve_flag,
    resolve_secret,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import tzinfo

    from codexbar_qt.core.account import AccountState
    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.browser_access import BrowserAccess
    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.card_state import CardState, TabState, TrayState
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.cost_block import CostBlock
    from codexbar_qt.core.cost_reports import CostWishes
    from codexbar_qt.core.cost_state import StillCosts
    from codexbar_qt.core.cost_watch import CostParts, CostWatch
    from codexbar_qt.core.fetch_service import ContextFactory, FetchService
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.core.registry import LoadFailure, PluginFile, Registry
    from codexbar_qt.core.scheduler import RefreshScheduler
    from codexbar_qt.core.session_memory import SessionMemories
    from codexbar_qt.core.snapshot_archive import SnapshotArchive
    from codexbar_qt.core.spend_tab import SpendTab
    from codexbar_qt.core.store import SnapshotStore
    from codexbar_qt.core.update_state import StillUpdates, UpdateState
    from codexbar_qt.core.update_watch import UpdateParts, UpdateWatch
    from codexbar_qt.provider_api import Clock, Env, Provider, ProviderDescriptor


class LoginItem(Protocol):
    """Starts the app at login. Both block: call them from a thread."""

    def is_on(self) -> bool:
        """Whether the system starts the app at login."""
        ...

    def set_on(self, on: bool) -> str:
        """Change it; returns "" or one sentence about what prevented it."""
        ...


@dataclass(frozen=True, slots=True)
class SecretStatus:
    """What may be said about a credential. `from_env` is the variable it comes from, "" when it does not."""

    stored: bool = False
    from_env: str = ""
    bound_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What a session is made of; built by the composition root.

    `open_page` shows an https page in the person's browser and says whether that worked; None where nothing may open.
    `costs` reads the logs of agents; None where nobody does. `updates` looks for newer versions, a state stands still.
    """

    registry: Registry
    config_file: ConfigFile
    preferences_file: PreferencesFile
    store: SnapshotStore
    scheduler: RefreshScheduler
    service: FetchService
    contexts: ContextFactory
    clock: Clock
    env: Env
    zone: tzinfo
    archive: SnapshotArchive | None = None
    login_item: LoginItem | None = None
    memories: SessionMemories | None = None
    browsers: BrowserSessions | None = None
    open_page: Callable[[str], Awaitable[bool]] | None = None
    costs: CostParts | None = None
    updates: UpdateParts | UpdateState | None = None
    is_demo: bool = False


class SessionView:
    """The reading half of a session; everything here returns at once."""

    def __init__(self, parts: SessionParts, config: AppConfig, preferences: Preferences) -> None:
        self._parts = parts
        self._config = config
        self._preferences = preferences
        self._providers = {provider.id: provider for provider in parts.registry.providers}
        self._costs = build_costs(parts, self._cost_wishes)
        self._updates = build_updates(parts, lambda: update_wishes(self._preferences))

    @property
    def store(self) -> SnapshotStore:
        """What is known of every account."""
        return self._parts.store

    @property
    def clock(self) -> Clock:
        """The clock of the session."""
        return self._parts.clock

    @property
    def env(self) -> Env:
        """The environment as the session sees it."""
        return self._parts.env

    @property
    def zone(self) -> tzinfo:
        """The time zone of the system."""
        return self._parts.zone

    @property
    def is_demo(self) -> bool:
        """Whether the numbers are made up."""
        return self._parts.is_demo

    @property
    def config(self) -> AppConfig:
        """The config in force."""
        return self._config

    @property
    def preferences(self) -> Preferences:
        """The preferences in force."""
        return self._preferences

    @property
    def problem(self) -> str:
        """What people should know about config or preferences, "" when all is well."""
        return self._config.problem or self._parts.preferences_file.problem or ""

    @property
    def costs(self) -> CostWatch | StillCosts:
        """The cost that logs on this machine add up to."""
        return self._costs

    @property
    def updates(self) -> UpdateWatch | StillUpdates:
        """Newer versions, and what is new in this one."""
        return self._updates

    def providers(self) -> tuple[Provider, ...]:
        """Return every loaded provider in config order."""
        return tuple(self._providers[entry.id] for entry in self._config.entries if entry.id in self._providers)

    def enabled(self) -> tuple[Provider, ...]:
        """Return the providers that are on, in config order."""
        return tuple(self._providers[name] for name in self._config.enabled_ids if name in self._providers)

    def load_failures(self) -> tuple[LoadFailure, ...]:
        """Return the providers that could not be loaded."""
        return self._parts.registry.failures

    def waiting_plugins(self) -> tuple[PluginFile, ...]:
        """Return the user's provider files that were not approved at start."""
        return self._parts.registry.waiting

    def active_key(self, provider_id: str) -> AccountKey:
        """Return the account of a provider that card and icon show."""
        account = self._config.entry(provider_id).account
        return AccountKey(provider_id, account.id if account else "")

    def keys(self, provider_id: str) -> tuple[AccountKey, ...]:
        """Return everything of a provider that is fetched: the active account, then its parts that are on."""
        key = self.active_key(provider_id)
        return (key, *(replace(key, scope_id=scope.id) for scope in self._config.entry(provider_id).scopes))

    def state(self, provider_id: str) -> AccountState:
        """Return what is known of the active account."""
        return self.store.get(self.active_key(provider_id))

    def look(self) -> Look:
        """Return the preferences that change how things read."""
        prefs = self._preferences
        return Look(
            show_used=prefs.usage_bars_show_used,
            absolute_resets=prefs.reset_times_show_absolute,
            hide_personal_info=prefs.hide_personal_info,
            show_credits=prefs.show_optional_credits_and_extra_usage,
            show_cost=prefs.token_cost_usage_enabled,
            zone=self._parts.zone,
        )

    def card(self, provider_id: str) -> CardState:
        """Return the card of a provider's active account."""
        return self._card(self.active_key(provider_id))

    def cards(self, provider_id: str) -> tuple[CardState, ...]:
        """Return the cards of a provider: the active account's, then one for each of its parts that is on."""
        return tuple(self._card(key) for key in self.keys(provider_id))

    def wanted_browser(self, provider_id: str) -> BrowserAccess | None:
        """Return the browser whose session a provider could use once people allow it, None for none."""
        return self._parts.browsers.wanted(provider_id) if self._parts.browsers is not None else None

    def tab(self, provider_id: str) -> TabState:
        """Return the switcher tab of a provider."""
        descriptor = self._descriptor(provider_id)
        accent = self._config.entry(provider_id).accent_color
        return present_tab(descriptor, self.state(provider_id), self.look(), self.clock.now(), accent=accent)

    def spend(self) -> SpendTab | None:
        """Return the Spend tab, None while there is nothing to tell."""
        return present_spend_tab(self.costs.state, self.clock.now(), self._parts.zone)

    def tray(self) -> TrayState:
        """Return the merged tray icon."""
        subjects = [self._tray_subject(provider) for provider in self.enabled()]
        return present_tray(subjects, self._preferences.selected_provider, self.look(), self.clock.now())

    def setting_text(self, provider_id: str, key: str) -> str:
        """Return the stored value of a plain setting, "" when there is none; the environment is not asked."""
        stored = self._preferences.provider_values(self._providers[provider_id].descriptor).get(key)
        return stored or entry_text(self._config.entry(provider_id).raw, key) or ""

    def secret_state(self, provider_id: str, key: str) -> SecretStatus:
        """Return what may be said about a credential, never the credential."""
        provider, entry = self._providers[provider_id], self._config.entry(provider_id)
        setting = find_setting(provider.descriptor, key)
        if not isinstance(setting, SecretSetting):
            return SecretStatus()
        stored = self._preferences.provider_values(provider.descriptor)
        values = fetch_values(provider.descriptor, entry, self.env, stored, is_named=entry.enabled)
        elsewhere = is_bound_elsewhere(values, setting)
        if entry_text(entry.raw, key) and not elsewhere:
            return SecretStatus(stored=True)
        # A variable that belongs to another value of the bound setting is set and yet not used.
        used = resolve_secret(values, key) is not None
        variable = next((name for name in env_names(values, setting) if self.env.get(name)), "") if used else ""
        return SecretStatus(stored=False, from_env=variable, bound_elsewhere=elsewhere)

    def _card(self, key: AccountKey) -> CardState:
        entry = self._config.entry(key.provider_id)
        state, wanted = self.store.get(key), self.wanted_browser(key.provider_id)
        card = present_card(
            self._providers[key.provider_id].descriptor,
            key,
            state,
            self.look(),
            self.clock.now(),
            account_label=entry.account.label if entry.account else "",
            accent=entry.accent_color,
        )
        local = self._local_cost(key, card.color)
        card = replace(
            card,
            local_cost=local,
            cost=None if local is not None else card.cost,
            dashboard_url=self._dashboard(key.provider_id) or card.dashboard_url,
            wants_browser=wanted.label if wanted is not None and state.error is not None else "",
        )
        return name_part(card, self._part_name(key), self.look())

    def _local_cost(self, key: AccountKey, color: str) -> CostBlock | None:
        """Return the cost part of the active account's card; parts of an account and other accounts share the logs."""
        source = cost_source(key.provider_id)
        if source is None or key != self.active_key(key.provider_id):
            return None
        look = self.look()
        return present_cost_block(self.costs.state, source, self.clock.now(), look.zone, title=CARD_TITLE, color=color)

    def _dashboard(self, provider_id: str) -> str:
        """Return the usage page that the settings in force call for, "" for the declared one."""
        provider, entry = self._providers[provider_id], self._config.entry(provider_id)
        choose = provider.descriptor.dashboard_for
        if choose is None:
            return ""
        values = fetch_values(provider.descriptor, entry, self.env, account=entry.account)
        env = account_env(provider.descriptor, self.env, entry.account)
        try:
            return choose(ResolvedSettings(values), env, selected_account(entry.account))
        except Exception as error:
            # One provider must not take the cards of all others away.
            self._parts.service.unexpected(provider, error)
            return ""

    def _cost_wishes(self) -> CostWishes:
        return cost_wishes(self._preferences, self._config.enabled_ids, self._parts.zone)

    def _descriptor(self, provider_id: str) -> ProviderDescriptor:
        """Return the declared facts, one of which may follow a switch of the provider."""
        descriptor = self._providers[provider_id].descriptor
        if not descriptor.exhausted_toggle:
            return descriptor
        values = fetch_values(descriptor, self._config.entry(provider_id), self.env)
        return replace(descriptor, auto_prefers_exhausted=resolve_flag(values, descriptor.exhausted_toggle))

    def _part_name(self, key: AccountKey) -> str:
        """Return what tells a part of an account from its others, "" when it stands alone."""
        scopes = self._config.entry(key.provider_id).scopes
        setting = scopes_setting(self._providers[key.provider_id].descriptor)
        if not scopes or setting is None:
            return ""
        return next((scope.name for scope in scopes if scope.id == key.scope_id), setting.own_name)

    def _tray_subject(self, provider: Provider) -> TraySubject:
        state = self.state(provider.id)
        own = None
        if provider.tray_text is not None and state.snapshot is not None:
            values = self._preferences.provider_values(provider.descriptor)
            try:
                own = provider.tray_text(state.snapshot, values)
            except Exception as error:
                # One provider must not take the icon of all others away.
                self._parts.service.unexpected(provider, error)
        return TraySubject(self._descriptor(provider.id), state, own)
