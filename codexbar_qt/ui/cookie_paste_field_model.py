"""The field into which a browser session is pasted: says what it found, by names, and holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from codexbar_qt.ui.pasted_cookies import LONGEST_PASTE, read_paste
from codexbar_qt.ui.secret_field_model import SecretField
from codexbar_qt.ui.view_model import Property

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.session_view import SecretStatus
    from codexbar_qt.ui.setting_field_model import Condition, FieldText


class CookiePasteField(SecretField):
    """A secret that is a Cookie header, or a whole cURL command with one in it."""

    kind_name = "cookiePaste"
    foundChanged = Signal()

    def __init__(
        self,
        text: FieldText,
        read: Callable[[], SecretStatus],
        write: Callable[[str], None],
        shown_when: Condition,
        read_link: Callable[[], str],
    ) -> None:
        super().__init__(text, read, write, shown_when, read_link)
        self._found = ""

    @Property(str, notify=foundChanged)
    def found(self) -> str:
        """What was found in the text that was pasted last, names only; "" for nothing."""
        return self._found

    @Property(int, constant=True)
    def longest(self) -> int:
        """How many characters the field takes."""
        return LONGEST_PASTE

    @Slot(str)
    def examine(self, text: str) -> None:
        """Say what is in a text before it is saved. A complaint waits until somebody tries to save it."""
        pasted = read_paste(text)
        self._tell(pasted.found)
        if not pasted.problem:
            self.complain("")

    @Slot(str, result=bool)
    def save(self, text: str) -> bool:
        """Store a session; False, and nothing is stored, when there is none in the text."""
        pasted = read_paste(text)
        self._tell(pasted.found)
        self.complain(pasted.problem)
        if not pasted.found:
            return False
        self._write(pasted.text)
        return True

    @Slot()
    def clear(self) -> None:
        """Forget the stored session."""
        self._tell("")
        super().clear()

    def _tell(self, found: str) -> None:
        if found != self._found:
            self._found = found
            self.foundChanged.emit()
