"""A stage for pictures and tests: a session that answers the popup from hand-made cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt import __version__
from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.browser_access import BrowserAccess
from codexbar_qt.core.card_state import CardState, TabState
from codexbar_qt.core.cost_state import Costs, StillCosts
from codexbar_qt.core.install_origin import DEMO
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.core.update_state import StillUpdates, Updates, UpdateState
from codexbar_qt.provider_api import Provider, ProviderDescriptor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codexbar_qt.core.spend_tab import SpendTab


@dataclass(frozen=True, slots=True)
class Scene:
    """What the popup shows in one picture; the first card is the selected one. `opens_cost` opens the cost charts."""

    cards: tuple[CardState, ...]
    tabs: tuple[TabState, ...] = ()
    is_demo: bool = False
    problem: str | None = None
    font_pixels: int = 13
    high_contrast: bool = False
    right_to_left: bool = False
    screen_height: int = 768
    spend: SpendTab | None = None
    opens_cost: bool = False
    updates: UpdateState = UpdateState(DEMO, __version__)  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class SceneConfig:
    """A config with nothing but a problem."""

    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ScenePreferences:
    """Preferences with nothing but a selection."""

    selected_provider: str = ""


class SceneSession:
    """Answers the popup from a scene; its intents do nothing."""

    def __init__(self, scene: Scene) -> None:
        self._cards: dict[str, tuple[CardState, ...]] = {}
        for card in scene.cards:
            self._cards[card.key.provider_id] = (*self._cards.get(card.key.provider_id, ()), card)
        self._tabs = {tab.provider_id: tab for tab in scene.tabs}
        self.store = SnapshotStore()
        self.costs: Costs = StillCosts()
        self.updates: Updates = StillUpdates(scene.updates)
        self._spend = scene.spend
        self.is_demo = scene.is_demo
        self.config = SceneConfig(scene.problem)
        self.preferences = ScenePreferences(next(iter(self._cards), ""))
        for card in scene.cards:
            if card.refreshing:
                self.store.begin(card.key)

    def enabled(self) -> tuple[Provider, ...]:
        """Return one provider per tab, else one per card."""
        return tuple(_provider(provider_id) for provider_id in (self._tabs or self._cards))

    def spend(self) -> SpendTab | None:
        """Return the Spend tab of the scene."""
        return self._spend

    def load_failures(self) -> tuple[object, ...]:
        """Return nothing: everything loaded."""
        return ()

    def keys(self, provider_id: str) -> tuple[AccountKey, ...]:
        """Return the accounts of a provider that have a card, else its only one."""
        return tuple(card.key for card in self._cards.get(provider_id, ())) or (AccountKey(provider_id),)

    def cards(self, provider_id: str) -> tuple[CardState, ...]:
        """Return the cards of a provider in the scene."""
        return self._cards[provider_id]

    def tab(self, provider_id: str) -> TabState:
        """Return a tab of the scene."""
        cards = self._cards.get(provider_id)
        return self._tabs.get(provider_id) or TabState(
            provider_id, cards[0].name if cards else provider_id, "", "#808080", None
        )

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Never call back: a scene stands still."""
        del callback
        return lambda: None

    def refresh(self, provider_id: str | None = None) -> None:
        """Fetch nothing."""

    def popup_opened(self) -> None:
        """Take no note."""

    def wanted_browser(self, provider_id: str) -> BrowserAccess | None:
        """Return the browser that a card of the scene waits for."""
        label = next((card.wants_browser for card in self._cards.get(provider_id, ())), "")
        return BrowserAccess(label.lower(), label, found=True) if label else None

    async def set_browser_access(self, browser_id: str, allowed: bool) -> str:
        """Allow nothing."""
        del browser_id, allowed
        return ""

    async def edit_preferences(self, changes: Mapping[str, object]) -> str:
        """Store nothing."""
        del changes
        return ""


def _provider(provider_id: str) -> Provider:
    return Provider(ProviderDescriptor(provider_id, provider_id, "#808080", 0), ())
