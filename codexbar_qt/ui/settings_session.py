"""What the settings window needs of the session; AppSession has all of it, and so has the contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import tzinfo

    from codexbar_qt.core.account import AccountState
    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
    from codexbar_qt.core.card_state import CardState, TabState
    from codexbar_qt.core.cost_state import Costs
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.registry import LoadFailure, PluginFile
    from codexbar_qt.core.session_view import SecretStatus
    from codexbar_qt.core.store import SnapshotStore
    from codexbar_qt.core.update_state import Updates
    from codexbar_qt.provider_api import Choice, Clock, Env, Provider


class PrivacySession(Protocol):
    """What was read of the browsers, and what people say about it. Reading returns at once; subscribers hear more."""

    def ledger(self) -> tuple[AccessRecord, ...]:
        """Return the secret sources that were read, the latest first."""
        ...

    def browsers(self) -> tuple[BrowserAccess, ...]:
        """Return the browsers of this system, found or not, in the default order."""
        ...

    async def set_browser_access(self, browser_id: str, allowed: bool) -> str:
        """Allow or refuse to read a browser."""
        ...

    def wanted_browser(self, provider_id: str) -> BrowserAccess | None:
        """Return the browser whose session a provider could use once people allow it, None for none."""
        ...

    def cached_session(self, provider_id: str) -> CachedSession | None:
        """Return the session kept for a provider, None for none."""
        ...

    async def forget_session(self, provider_id: str) -> str:
        """Remove the session kept for a provider."""
        ...

    async def import_session(self, provider_id: str) -> str:
        """Take a session out of a browser now; return one sentence of what came of it."""
        ...


class SettingsSession(PrivacySession, Protocol):
    """Read access to everything known, and the intents behind the controls.

    Intents return "" or one sentence that says why nothing was changed.
    """

    @property
    def store(self) -> SnapshotStore:
        """What is known of every account."""
        ...

    @property
    def config(self) -> AppConfig:
        """The config in force."""
        ...

    @property
    def preferences(self) -> Preferences:
        """The preferences in force."""
        ...

    @property
    def costs(self) -> Costs:
        """Local cost."""
        ...

    @property
    def updates(self) -> Updates:
        """Newer versions, and what is new in this one."""
        ...

    @property
    def zone(self) -> tzinfo:
        """The time zone of the system."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock of the session."""
        ...

    @property
    def env(self) -> Env:
        """The environment as the session sees it."""
        ...

    def providers(self) -> tuple[Provider, ...]:
        """Return every loaded provider in config order."""
        ...

    def load_failures(self) -> Sequence[LoadFailure]:
        """Return the providers that could not be loaded."""
        ...

    def waiting_plugins(self) -> Sequence[PluginFile]:
        """Return the user's provider files that wait for approval."""
        ...

    def card(self, provider_id: str) -> CardState:
        """Present a provider's card."""
        ...

    def state(self, provider_id: str) -> AccountState:
        """Return what is known of the active account."""
        ...

    def tab(self, provider_id: str) -> TabState:
        """Present a provider's tab."""
        ...

    def setting_text(self, provider_id: str, key: str) -> str:
        """Return the stored value of a plain setting, "" when there is none."""
        ...

    def secret_state(self, provider_id: str, key: str) -> SecretStatus:
        """Return what may be said about a credential."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change of config or preferences until the returned function is called."""
        ...

    def refresh(self, provider_id: str | None = None) -> None:
        """Fetch now; returns at once."""
        ...

    async def edit_config(self, edit: Callable[[dict[str, object]], None]) -> str:
        """Change the config file."""
        ...

    async def edit_preferences(self, changes: Mapping[str, object]) -> str:
        """Change preferences by attribute name or stored key."""
        ...

    async def restore_default_config(self) -> str:
        """Write the config of a new install, keeping the old file beside it."""
        ...

    async def run_action(self, provider_id: str, action_id: str, progress: Callable[[str], None]) -> str:
        """Run a button of a provider's page; return its closing sentence."""
        ...

    async def discover_choices(self, provider_id: str, key: str) -> tuple[Choice, ...]:
        """Return the entries of a picker that exist only on this machine."""
        ...

    async def locate_secret(self, provider_id: str, key: str) -> str:
        """Return the place of a credential that the provider finds by itself, "" for none."""
        ...

    async def find_scopes(self, provider_id: str) -> str:
        """Look for the parts of a provider's account and store them; return the closing sentence."""
        ...

    def check_start_at_login(self) -> Coroutine[Any, Any, None]:
        """Let the preference follow what the system does at login."""
        ...

    async def set_start_at_login(self, on: bool) -> str:
        """Start the app at login or not."""
        ...
