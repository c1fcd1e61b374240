"""The states of a settings page that the contact sheet shows: a session seen through glasses of one state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from codexbar_qt.core.cost_state import StillCosts
from codexbar_qt.core.registry import LoadFailure, PluginFile
from codexbar_qt.core.session_view import SecretStatus
from codexbar_qt.core.update_state import StillUpdates
from codexbar_qt.provider_api import CookieSourceSetting
from codexbar_qt.ui import privacy_scene, update_scene
from codexbar_qt.ui.accounts_field_model import AccountsField
from codexbar_qt.ui.cookie_paste_field_model import CookiePasteField
from codexbar_qt.ui.cookie_source_field_model import CookieSourceField
from codexbar_qt.ui.cost_scene import sample_state
from codexbar_qt.ui.secret_field_model import SecretField
from codexbar_qt.ui.text_field_model import TextField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
    from codexbar_qt.core.card_state import CardState, TabState
    from codexbar_qt.core.cost_state import CostState
    from codexbar_qt.core.update_state import Updates
    from codexbar_qt.provider_api import Provider
    from codexbar_qt.ui.setting_field_model import SettingField
    from codexbar_qt.ui.settings_session import SettingsSession

PageState = Literal["empty", "filled", "error", "invalid", "pasted"]
PAGE_STATES: tuple[PageState, ...] = ("empty", "filled", "error", "invalid", "pasted")
"""The last one is about pasting a browser session: only pages where that is possible have it."""
_ERROR = (
    "The service did not answer within 30 seconds. Check the network and try again. "
    "The numbers shown are the last ones that were read. When this stays, the status page of the service may say more."
)
_NOT_USABLE = "This is not a usable value. Correct it or leave the field empty."


class SceneSession:
    """Answers like the session behind it, except for what the state is about. Nothing can be changed through it."""

    def __init__(self, session: SettingsSession, state: PageState, cost: CostState) -> None:
        self._session = session
        self._state = state
        self.costs = StillCosts(cost)

    @classmethod
    def of(cls, session: SettingsSession, state: PageState, cost: CostState | None = None) -> SettingsSession:
        """Return `session` as it looks in a state, `cost` being what is known of local cost."""
        return cast("SettingsSession", cls(session, state, cost or sample_state("codex", "claude", "vertexai")))

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    @property
    def updates(self) -> Updates:
        """Another one of the states for every page: looked after by others, upgraded, failed to look."""
        now = self._session.clock.now()
        states = {
            "empty": update_scene.LOOKED_AFTER,
            "error": update_scene.failed(now),
            "invalid": update_scene.checked(update_scene.OFFERED, now),
        }
        return StillUpdates(states.get(self._state, update_scene.checked(update_scene.OFFERED_AND_UPGRADED, now)))

    @property
    def config(self) -> AppConfig:
        """The config; in the state "error" the file is broken, a second one exists, and every provider is on."""
        config = self._session.config
        entries = tuple(replace(entry, enabled=entry.enabled or self._state != "empty") for entry in config.entries)
        if self._state in ("invalid", "pasted"):
            entries = tuple(replace(entry, raw={**entry.raw, "cookieSource": "manual"}) for entry in entries)
        if self._state != "error":
            return replace(config, entries=entries)
        problem = f"The config file {config.path} could not be read: line 3 is not JSON. Correct it."
        other = config.path.parent.parent / "other" / config.path.name
        return replace(config, entries=entries, problem=problem, shadowed=other)

    def card(self, provider_id: str) -> CardState:
        """Return the card: without data, as it is, or with a failed refresh."""
        card = self._session.card(provider_id)
        if self._state == "empty":
            plain = replace(card, rows=(), error_text="", account_text="", plan_text="", source_text="")
            wants = privacy_scene.WANTED.label if provider_id in self._cookie_ids() else ""
            plain = replace(plain, subtitle="Not fetched yet", subtitle_kind="never", wants_browser=wants)
            return replace(plain, placeholder="No usage yet")
        if self._state == "error":
            return replace(card, error_text=_ERROR, subtitle=_ERROR, subtitle_kind="error", stale=True)
        return card

    def tab(self, provider_id: str) -> TabState:
        """Return the tab; with an error it says so."""
        tab = self._session.tab(provider_id)
        return replace(tab, failed=True) if self._state == "error" else tab

    def secret_state(self, provider_id: str, key: str) -> SecretStatus:
        """Return a stored secret once the page is filled, one from the environment or of elsewhere with an error."""
        if self._state == "filled":
            return SecretStatus(stored=True)
        if self._state == "error":
            return SecretStatus(bound_elsewhere=True) if key == "apiKey" else SecretStatus(from_env="EXAMPLE_API_KEY")
        return SecretStatus()

    def browsers(self) -> tuple[BrowserAccess, ...]:
        """Return made-up browsers, none on an empty page."""
        return () if self._state == "empty" else privacy_scene.BROWSERS

    def wanted_browser(self, provider_id: str) -> BrowserAccess | None:
        """Return a browser that waits for consent, on an empty page of a provider that could use it."""
        return privacy_scene.WANTED if self._state == "empty" and provider_id in self._cookie_ids() else None

    def cached_session(self, provider_id: str) -> CachedSession | None:
        """Return a made-up session once the page is filled, with an error one that no keyring keeps."""
        ids = self._cookie_ids()
        if self._state not in ("filled", "error") or provider_id not in ids:
            return None
        in_memory = self._state == "error"
        return privacy_scene.kept_session(ids.index(provider_id), self._session.clock.now(), in_memory=in_memory)

    def ledger(self) -> tuple[AccessRecord, ...]:
        """Return made-up reads, none on an empty page."""
        ids = [provider.id for provider in self._session.providers()]
        return () if self._state == "empty" else privacy_scene.reads(ids, self._session.clock.now())

    def load_failures(self) -> Sequence[LoadFailure]:
        """Return what could not be loaded, with an error also an example."""
        example = [LoadFailure("providers/example.py", "It has no PROVIDER.")] if self._state == "error" else []
        return [*self._session.load_failures(), *example]

    def waiting_plugins(self) -> Sequence[PluginFile]:
        """Return what waits for approval, with an error also an example."""
        example = PluginFile(str(self.config.path.parent / "providers" / "acme.py"), "9f86d081884c7d65" * 4)
        return [*self._session.waiting_plugins(), *([example] if self._state == "error" else [])]

    def _cookie_ids(self) -> list[str]:
        return [provider.id for provider in self._session.providers() if takes_cookies(provider)]


def takes_cookies(provider: Provider) -> bool:
    """Whether a provider can use a session of a browser."""
    return any(isinstance(setting, CookieSourceSetting) for setting in provider.descriptor.settings)


def show_state(fields: Iterable[SettingField], state: PageState) -> None:
    """Bring controls into the state of a page that does not come from the session."""
    if state == "invalid":
        show_complaints(fields)
    for field in fields:
        if isinstance(field, CookieSourceField) and state in ("filled", "error"):
            failed = state == "error"
            field.tell(privacy_scene.NOT_IMPORTED if failed else privacy_scene.IMPORTED, failed)
        elif isinstance(field, CookiePasteField) and state == "pasted":
            field.examine(privacy_scene.PASTED)


def show_complaints(fields: Iterable[SettingField]) -> None:
    """Complain about every control that can be filled wrongly."""
    for field in fields:
        if isinstance(field, TextField | SecretField | AccountsField):
            field.complain(_NOT_USABLE)
