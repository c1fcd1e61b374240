"""The cards on show. One today; the list is what lets several accounts stand under each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.ui.card_model import CardModel
from codexbar_qt.ui.record_list_model import RecordListModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.ui.theme import ThemeModel


@dataclass(frozen=True, slots=True)
class CardRecord:
    """One place in the list."""

    card: CardModel


class CardListModel(RecordListModel[CardRecord]):
    """Keeps one `CardModel` per account, so that its card stays and only its values move."""

    def __init__(self, theme: ThemeModel) -> None:
        super().__init__(CardRecord, _name)
        self._theme = theme
        self._cards: dict[AccountKey, CardModel] = {}

    def show(self, states: Sequence[CardState], question: str = "") -> None:
        """Show these cards in this order; the keys differ. The first one asks the question."""
        gone = [self._cards.pop(key) for key in self._cards.keys() - {state.key for state in states}]
        for state in states:
            known = self._cards.get(state.key)
            if known is None:
                self._cards[state.key] = CardModel(state, self._theme, self)
            else:
                known.apply(state)
        for place, state in enumerate(states):
            self._cards[state.key].ask(question if place == 0 else "")
        self.put([CardRecord(self._cards[state.key]) for state in states])
        for card in gone:
            card.deleteLater()

    def card(self, key: AccountKey) -> CardModel | None:
        """Return the model of a card on show."""
        return self._cards.get(key)


def _name(record: CardRecord) -> str:
    key = record.card.key
    return f"{key.provider_id}\n{key.account_id}\n{key.scope_id}"
