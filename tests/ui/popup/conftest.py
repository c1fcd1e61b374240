"""A popup over hand-made cards, with a session that remembers what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.card_state import CardState, TabState, WindowRow
from codexbar_qt.ui.contact_scene import Scene, SceneSession
from codexbar_qt.ui.popup_model import PopupModel
from codexbar_qt.ui.qml_engine import create_engine, prefer_software_rendering
from codexbar_qt.ui.store_bridge import StoreBridge
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from PySide6.QtQml import QQmlEngine


class RecordingSession(SceneSession):
    """Plays the session: cards can be replaced, intents are written down."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.asked: list[object] = []
        self.failures: list[object] = []
        self.presented = 0
        self.complaint = ""
        self._callbacks: list[Callable[[], None]] = []

    def cards(self, provider_id: str) -> tuple[CardState, ...]:
        self.presented += 1
        return super().cards(provider_id)

    def tab(self, provider_id: str) -> TabState:
        card = self._cards[provider_id][0]
        strip = card.rows[0].fill if card.rows else None
        return TabState(provider_id, card.name, card.icon, card.color, strip, failed=card.subtitle_kind == "error")

    def load_failures(self) -> tuple[object, ...]:
        return tuple(self.failures)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def changed(self) -> None:
        for callback in tuple(self._callbacks):
            callback()

    def refresh(self, provider_id: str | None = None) -> None:
        self.asked.append(("refresh", provider_id))

    def popup_opened(self) -> None:
        self.asked.append("opened")

    async def set_browser_access(self, browser_id: str, allowed: bool) -> str:
        self.asked.append(("access", browser_id, allowed))
        return self.complaint

    async def edit_preferences(self, changes: Mapping[str, object]) -> str:
        self.asked.append(dict(changes))
        return ""

    def show(self, card: CardState) -> None:
        """Change a card and say so through the store, as a fetch does."""
        known = self._cards[card.key.provider_id]
        self._cards[card.key.provider_id] = tuple(card if one.key == card.key else one for one in known)
        self.store.begin(card.key)
        self.store.cancel(card.key)


def make_card(provider_id: str = "alpha", *, left: float = 72, **changes: object) -> CardState:
    values: dict[str, object] = {
        "key": AccountKey(provider_id),
        "name": provider_id.capitalize(),
        "icon": provider_id,
        "color": "#FF9900",
        "account_text": "user@example.com",
        "plan_text": "Pro",
        "subtitle": "Updated just now",
        "subtitle_kind": "updated",
        "rows": (
            WindowRow(
                "session",
                "Session",
                f"{left:.0f}% left",
                left,
                "Resets in 2h",
                accessible_text=f"Session {left:.0f}% left",
            ),
            WindowRow("weekly", "Weekly", "41% left", 41, "Resets in 3d", accessible_text="Weekly 41% left"),
        ),
    }
    return CardState(**(values | changes))  # type: ignore[arg-type]  # field names


@pytest.fixture
def card() -> Callable[..., CardState]:
    return make_card


@pytest.fixture
def session() -> RecordingSession:
    return RecordingSession(Scene((make_card("alpha"), make_card("beta", color="#4C00FF"), make_card("gamma"))))


@pytest.fixture
def new_session() -> Callable[..., RecordingSession]:
    return lambda *cards: RecordingSession(Scene(cards))


@pytest.fixture
def new_scene() -> Callable[[Scene], SceneSession]:
    return SceneSession


@pytest.fixture
def theme(qapp: QApplication) -> ThemeModel:
    return ThemeModel(qapp, SystemLook(reduced_motion=True))


@pytest.fixture
def engine(theme: ThemeModel) -> Iterator[QQmlEngine]:
    prefer_software_rendering()
    engine = create_engine(theme)
    yield engine
    engine.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def new_model(theme: ThemeModel) -> Iterator[Callable[[RecordingSession], PopupModel]]:
    """Makes the popup's model over a session; pages it opens are noted in `session.asked`."""
    made: list[tuple[PopupModel, StoreBridge]] = []

    def make(session: RecordingSession) -> PopupModel:
        bridge = StoreBridge(session.store)
        model = PopupModel(session, bridge, theme, open_url=lambda url: session.asked.append(("open", url)))
        made.append((model, bridge))
        return model

    yield make
    for model, bridge in made:
        model.dispose()
        bridge.close()


@pytest.fixture
def model(session: RecordingSession, new_model: Callable[[RecordingSession], PopupModel]) -> PopupModel:
    return new_model(session)
