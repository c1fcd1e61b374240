"""The accounts of a provider on its settings page: who is there and who is selected, never a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.provider_api.text import clean
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.setting_field_model import FieldText, SettingField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
from codexbar_qt.ui.view_model import Property


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as listed."""

    id: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class AccountEdits:
    """What can be done to the accounts of one provider: add (label, token), remove (id), select (id)."""

    add: Callable[[str, str], None]
    remove: Callable[[str], None]
    select: Callable[[str], None]


class AccountsField(SettingField):
    """A list of accounts with a line to add one."""

    kind_name = "accounts"
    valueChanged = Signal()

    def __init__(self, text: FieldText, read: Callable[[], Sequence[AccountRow]], edits: AccountEdits) -> None:
        super().__init__(text)
        self._read, self._edits = read, edits
        self._rows = RecordListModel(AccountRow, lambda row: row.id)
        self._rows.put(read())

    @property
    def listed(self) -> tuple[AccountRow, ...]:
        """The accounts as shown."""
        return self._rows.records

    @Property(QObject, constant=True)
    def rows(self) -> QObject:
        """Roles: id, label, selected."""
        return self._rows

    @Property(int, notify=valueChanged)
    def count(self) -> int:
        """Number of accounts."""
        return len(self._rows.records)

    @Property(str, constant=True)
    def placeholder(self) -> str:
        """Example of a token."""
        return self.text_parts.placeholder

    @Slot(str, str, result=bool)
    def add(self, label: str, token: str) -> bool:
        """Store an account; False, with a complaint, when a part is missing or the label is taken."""
        name, value = label.strip(), clean(token)
        complaint = self._complaint(name, value)
        self.complain(complaint)
        if complaint or value is None:
            return False
        self._edits.add(name, value)
        return True

    @Slot(str)
    def remove(self, account_id: str) -> None:
        """Forget an account and its token."""
        self._edits.remove(account_id)

    @Slot(str)
    def select(self, account_id: str) -> None:
        """Make an account the one that is fetched."""
        if not any(row.id == account_id and row.selected for row in self._rows.records):
            self._edits.select(account_id)

    def _complaint(self, name: str, value: str | None) -> str:
        if not name:
            return "The account has no name. Enter one to tell it from the others."
        if any(row.label.casefold() == name.casefold() for row in self._rows.records):
            return "An account with this name exists. Choose another name."
        if value is None:
            return "The account has no token. Paste one."
        return "The token has more than one line. Paste the value alone." if set("\r\n") & set(value) else ""

    def _read_again(self) -> None:
        before = self._rows.records
        self._rows.put(self._read())
        if self._rows.records != before:
            self.valueChanged.emit()
