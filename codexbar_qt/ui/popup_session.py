"""What the popup needs of the session; AppSession has all of it, and so have the fakes and the contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.browser_access import BrowserAccess
    from codexbar_qt.core.card_state import CardState, TabState
    from codexbar_qt.core.cost_state import Costs
    from codexbar_qt.core.spend_tab import SpendTab
    from codexbar_qt.core.store import SnapshotStore
    from codexbar_qt.core.update_state import Updates
    from codexbar_qt.provider_api import Provider


class PopupConfig(Protocol):
    """The part of the config that the popup reports."""

    @property
    def problem(self) -> str | None:
        """What people should read when the file could not be used."""
        ...


class PopupPreferences(Protocol):
    """The part of the preferences that the popup reads."""

    @property
    def selected_provider(self) -> str:
        """The provider whose card was on show last, "" when none was."""
        ...


class PopupSession(Protocol):
    """Read access to what is known, and the intents behind the buttons."""

    @property
    def store(self) -> SnapshotStore:
        """What is known."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether the numbers are made up."""
        ...

    @property
    def config(self) -> PopupConfig:
        """The config in force."""
        ...

    @property
    def preferences(self) -> PopupPreferences:
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

    def spend(self) -> SpendTab | None:
        """Present the Spend tab, None while there is none."""
        ...

    def enabled(self) -> tuple[Provider, ...]:
        """Return the providers that are on, in display order."""
        ...

    def load_failures(self) -> Sequence[object]:
        """Return what could not be loaded."""
        ...

    def keys(self, provider_id: str) -> tuple[AccountKey, ...]:
        """Return what of a provider is on show: an account, and its parts that are on."""
        ...

    def cards(self, provider_id: str) -> tuple[CardState, ...]:
        """Present a provider's cards, one for each of its keys."""
        ...

    def tab(self, provider_id: str) -> TabState:
        """Present a provider's tab."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when config or preferences change, until the returned function is called."""
        ...

    def refresh(self, provider_id: str | None = None) -> None:
        """Fetch one provider or all; returns at once."""
        ...

    def popup_opened(self) -> None:
        """The popup is on screen."""
        ...

    def wanted_browser(self, provider_id: str) -> BrowserAccess | None:
        """Return the browser whose session a provider could use once people allow it, None for none."""
        ...

    async def set_browser_access(self, browser_id: str, allowed: bool) -> str:
        """Allow or refuse to read a browser; returns a complaint or nothing."""
        ...

    async def edit_preferences(self, changes: Mapping[str, object]) -> str:
        """Store preferences by their names in the file; returns a complaint or nothing."""
        ...
