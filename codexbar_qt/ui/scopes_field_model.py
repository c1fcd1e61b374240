"""The parts of an account (organizations) on a provider's page: which are known, which are on, and looking for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.setting_field_model import FieldText, SettingField
from codexbar_qt.ui.view_model import Property


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One part as listed. The person's own has the `scope_id` "" and is `locked`: always on."""

    scope_id: str
    title: str
    subtitle: str
    on: bool
    locked: bool = False


Told = Callable[[str, bool], None]
"""Takes the closing sentence of a search and whether it says what went wrong."""


@dataclass(frozen=True, slots=True)
class ScopeEdits:
    """What can be done to the parts of an account: switch one (id, position), look for them."""

    turn: Callable[[str, bool], None]
    find: Callable[[Told], None]


class ScopesField(SettingField):
    """A list of switches with a button that asks the service; a second press while it asks does nothing."""

    kind_name = "scopes"
    searchChanged = Signal()

    def __init__(self, text: FieldText, read: Callable[[], Sequence[ScopeRow]], edits: ScopeEdits) -> None:
        super().__init__(text)
        self._read, self._edits = read, edits
        self._rows = RecordListModel(ScopeRow, lambda row: row.scope_id)
        self._rows.put(read())
        self._searching, self._message = False, ""

    @property
    def listed(self) -> tuple[ScopeRow, ...]:
        """The parts as shown."""
        return self._rows.records

    @Property(QObject, constant=True)
    def rows(self) -> QObject:
        """Roles: scopeId, title, subtitle, on, locked."""
        return self._rows

    @Property(bool, notify=searchChanged)
    def searching(self) -> bool:
        """Whether the service is being asked."""
        return self._searching

    @Property(str, notify=searchChanged)
    def message(self) -> str:
        """What the last search has found, "" before one and when it failed."""
        return self._message

    @Slot(str, bool)
    def turn(self, scope_id: str, on: bool) -> None:
        """Switch a part on or off."""
        if any(row.scope_id == scope_id and row.on != on and not row.locked for row in self._rows.records):
            self._edits.turn(scope_id, on)

    @Slot()
    def find(self) -> None:
        """Ask the service for the parts of the account."""
        if not self._searching:
            self._show("", searching=True)
            self._edits.find(self._found)

    def _found(self, sentence: str, failed: bool) -> None:
        self._show("" if failed else sentence, searching=False)
        self.complain(sentence if failed else "")

    def _show(self, message: str, *, searching: bool) -> None:
        self.complain("")
        self._message, self._searching = message, searching
        self.searchChanged.emit()

    def _read_again(self) -> None:
        self._rows.put(self._read())
