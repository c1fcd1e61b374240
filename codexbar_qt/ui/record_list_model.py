"""A list model over frozen records: views keep their delegates, only what differs is announced."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtQml import QJSEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

R = TypeVar("R")
AnyIndex = QModelIndex | QPersistentModelIndex
FIRST_ROLE = int(Qt.ItemDataRole.UserRole) + 1


def camel_case(name: str) -> str:
    """Return the QML spelling of a field name: "value_text" becomes "valueText"."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


class RecordListModel(QAbstractListModel, Generic[R]):
    """Shows records of one dataclass; its fields are the roles. `key` tells which record is which."""

    def __init__(self, record_type: type[R], key: Callable[[R], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        QJSEngine.setObjectOwnership(self, QJSEngine.ObjectOwnership.CppOwnership)
        names = [field.name for field in fields(record_type)]  # type: ignore[arg-type]  # R is always a dataclass
        self._names = dict(enumerate(names, FIRST_ROLE))
        self._key = key
        self._records: list[R] = []

    @property
    def records(self) -> tuple[R, ...]:
        """The records as shown."""
        return tuple(self._records)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Return the number of records."""
        return 0 if parent is not None and parent.isValid() else len(self._records)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return one field of one record."""
        name = self._names.get(role)
        if name is None or not 0 <= index.row() < len(self._records):
            return None
        value = getattr(self._records[index.row()], name)
        return list(value) if isinstance(value, tuple) else value  # QML sees into lists only

    def roleNames(self) -> dict[int, QByteArray]:
        """Return the fields in their QML spelling."""
        return {role: QByteArray(camel_case(name).encode()) for role, name in self._names.items()}

    def put(self, records: Sequence[R]) -> None:
        """Show `records`; rows that stay are moved or updated in place."""
        wanted = {self._key(record) for record in records}
        for row in reversed(range(len(self._records))):
            if self._key(self._records[row]) not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._records[row]
                self.endRemoveRows()
        for row, record in enumerate(records):
            self._put_at(row, record)

    def reset(self, records: Sequence[R]) -> None:
        """Show other records altogether: for long lists, whose rows nobody follows."""
        self.beginResetModel()
        self._records = list(records)
        self.endResetModel()

    def move(self, source: int, target: int) -> bool:
        """Move one row; False when a place does not exist or is the same."""
        if source == target or not (0 <= source < len(self._records) and 0 <= target < len(self._records)):
            return False
        below = target + 1 if target > source else target
        self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), below)
        self._records.insert(target, self._records.pop(source))
        self.endMoveRows()
        return True

    def _put_at(self, row: int, record: R) -> None:
        key = self._key(record)
        found = next((at for at in range(row, len(self._records)) if self._key(self._records[at]) == key), None)
        if found is None:
            self.beginInsertRows(QModelIndex(), row, row)
            self._records.insert(row, record)
            self.endInsertRows()
            return
        self.move(found, row)
        self._update(row, record)

    def _update(self, row: int, record: R) -> None:
        old = self._records[row]
        roles = [role for role, name in self._names.items() if getattr(old, name) != getattr(record, name)]
        if roles:
            self._records[row] = record
            self.dataChanged.emit(self.index(row), self.index(row), roles)
