"""The accounts of a provider on its settings page: who is there and who is selected, never a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.provider_api.text import clean
from codexbar_qt.ui.account_scope import AccountRow, SharedScope
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.setting_field_model import FieldText, SettingField
from codexbar_qt.ui.view_model import Property

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccountEdits:
    """What can be done to the accounts of one provider.

    add (label, token, fields), change (id, fields), remove (id), select (id).
    """

    add: Callable[[str, str, Fields], None]
    change: Callable[[str, Fields], None]
    remove: Callable[[str], None]
    select: Callable[[str], None]


class AccountsField(SettingField):
    """A list of accounts with a line to add one, and a switch for the shared scope where there is one."""

    kind_name = "accounts"
    valueChanged = Signal()
    scopeErrorsChanged = Signal()

    def __init__(
        self,
        text: FieldText,
        read: Callable[[], Sequence[AccountRow]],
        edits: AccountEdits,
        scope: SharedScope | None = None,
    ) -> None:
        super().__init__(text)
        self._read, self._edits = read, edits
        self._scope = scope or SharedScope()
        self._scope_place, self._scope_errors = "", self._no_errors()
        self._rows = RecordListModel(AccountRow, lambda row: row.id)
        self._rows.put(read())

    @property
    def listed(self) -> tuple[AccountRow, ...]:
        """The accounts as shown."""
        return self._rows.records

    @Property(QObject, constant=True)
    def rows(self) -> QObject:
        """Roles: id, label, selected, shared, values, detail."""
        return self._rows

    @Property(int, notify=valueChanged)
    def count(self) -> int:
        """Number of accounts."""
        return len(self._rows.records)

    @Property(str, constant=True)
    def placeholder(self) -> str:
        """Example of a token."""
        return self.text_parts.placeholder

    @Property(str, constant=True)
    def scopeLabel(self) -> str:
        """Words beside the switch of the shared scope, "" where there is none."""
        return self._scope.label

    @Property(list, constant=True)
    def scopeFields(self) -> list[str]:
        """Labels of the ids that the shared scope needs."""
        return [field.label for field in self._scope.fields]

    @Property(str, notify=scopeErrorsChanged)
    def scopePlace(self) -> str:
        """The account that `scopeErrors` are about, "" for the new one."""
        return self._scope_place

    @Property(list, notify=scopeErrorsChanged)
    def scopeErrors(self) -> list[str]:
        """Why the ids are not saved, one text per id, "" where nothing is wrong."""
        return list(self._scope_errors)

    @Slot(str, str, result=bool)
    @Slot(str, str, bool, list, result=bool)
    def add(self, label: str, token: str, shared: bool = False, values: Sequence[str] = ()) -> bool:
        """Store an account; False, with a complaint, when a part is missing or the label is taken."""
        name, value = label.strip(), clean(token)
        complaint = self._complaint(name, value)
        self.complain(complaint)
        fits = self._check_scope("", shared, values)
        if complaint or value is None or not fits:
            return False
        fields = self._scope.stored(shared, values)
        self._edits.add(name, value, {key: text for key, text in fields.items() if text})
        return True

    @Slot(str, bool, list, result=bool)
    def change(self, account_id: str, shared: bool, values: Sequence[str]) -> bool:
        """Store scope and ids of an account; False, with complaints, when an id is missing or cannot be used."""
        if not self._check_scope(account_id, shared, values):
            return False
        self._edits.change(account_id, self._scope.stored(shared, values))
        return True

    @Slot(str)
    def forgive(self, account_id: str) -> None:
        """Take back what was said about the ids of an account, "" for the new one."""
        if account_id == self._scope_place:
            self._show_scope_errors("", self._no_errors())

    @Slot(str)
    def remove(self, account_id: str) -> None:
        """Forget an account and its token."""
        self._edits.remove(account_id)

    @Slot(str)
    def select(self, account_id: str) -> None:
        """Make an account the one that is fetched."""
        if not any(row.id == account_id and row.selected for row in self._rows.records):
            self._edits.select(account_id)

    def _check_scope(self, place: str, shared: bool, values: Sequence[str]) -> bool:
        errors = self._scope.complaints(values) if shared else self._no_errors()
        self._show_scope_errors(place, errors)
        return not any(errors)

    def _show_scope_errors(self, place: str, errors: tuple[str, ...]) -> None:
        if (place, errors) != (self._scope_place, self._scope_errors):
            self._scope_place, self._scope_errors = place, errors
            self.scopeErrorsChanged.emit()

    def _no_errors(self) -> tuple[str, ...]:
        return ("",) * len(self._scope.fields)

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
