"""A line of text on a settings page, checked at the point of entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from codexbar_qt.ui.setting_field_model import Condition, FieldText, SettingField, always
from codexbar_qt.ui.view_model import Property

if TYPE_CHECKING:
    from collections.abc import Callable


class TextField(SettingField):
    """A line of text. What `check` objects to is shown and not stored."""

    kind_name = "text"
    valueChanged = Signal()

    def __init__(
        self,
        text: FieldText,
        read: Callable[[], str],
        write: Callable[[str], None],
        check: Callable[[str], str | None] | None = None,
        shown_when: Condition = always,
    ) -> None:
        super().__init__(text, shown_when)
        self._read, self._write, self._check = read, write, check
        self._value = read()

    @Property(str, constant=True)
    def placeholder(self) -> str:
        """Shown while nothing is stored."""
        return self.text_parts.placeholder

    @Property(str, notify=valueChanged)
    def value(self) -> str:
        """What is stored."""
        return self._value

    @Slot(str)
    def edit(self, text: str) -> None:
        """Take back a complaint as soon as the text is right; typing never starts one."""
        if self._error and self._complaint(text.strip()) is None:
            self.complain("")

    @Slot(str, result=bool)
    def commit(self, text: str) -> bool:
        """Store `text`, "" to forget it; False when it cannot be used and nothing was stored."""
        line = text.strip()
        complaint = self._complaint(line)
        self.complain(complaint or "")
        if complaint is None and line != self._value:
            self._write(line)
        return complaint is None

    def _complaint(self, line: str) -> str | None:
        return self._check(line) if line and self._check else None

    def _read_again(self) -> None:
        value = self._read()
        if value != self._value:
            self._value = value
            self.complain("")
            self.valueChanged.emit()
