"""A credential on a settings page: what is said about the stored one, never the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from codexbar_qt.provider_api.text import clean
from codexbar_qt.ui.setting_field_model import Condition, FieldText, SettingField, always

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.session_view import SecretStatus
from codexbar_qt.ui.view_model import Property


class SecretField(SettingField):
    """A password field. It holds no text: what is typed goes straight to the config file."""

    kind_name = "secret"
    valueChanged = Signal()

    def __init__(
        self,
        text: FieldText,
        read: Callable[[], SecretStatus],
        write: Callable[[str], None],
        shown_when: Condition = always,
        read_link: Callable[[], str] = str,
    ) -> None:
        super().__init__(text, shown_when)
        self._read, self._write, self._read_link = read, write, read_link
        self._seen = self._read()
        self._link = read_link()
        self._place = ""

    @Property(bool, notify=valueChanged)
    def stored(self) -> bool:
        """Whether the config file holds one, so that there is something to clear."""
        return self._seen.stored or self._seen.bound_elsewhere

    @Property(str, notify=valueChanged)
    def placeholder(self) -> str:
        """What is known about the credential in force, else an example."""
        seen = self._seen
        if seen.stored:
            return "Saved"
        if seen.from_env or self._place:
            return f"From {seen.from_env or self._place}"
        return "Saved for another region" if seen.bound_elsewhere else self.text_parts.placeholder

    @Property(str, notify=valueChanged)
    def link(self) -> str:
        """Page where such a credential is made."""
        return self._link

    @Property(bool, notify=valueChanged)
    def inForce(self) -> bool:
        """Whether a usable credential is there, from the file or from the environment."""
        return self._seen.stored or bool(self._seen.from_env or self._place)

    @Slot(str, result=bool)
    def save(self, text: str) -> bool:
        """Store a credential; False, and nothing happens, when there is only space or quotes in it."""
        line = clean(text)
        if line is None:
            return False
        if any(character in line for character in "\r\n"):
            self.complain("This has more than one line. Paste the value alone.")
            return False
        self.complain("")
        self._write(line)
        return True

    def locate(self, place: str) -> None:
        """Name the variable or file of a credential that was found outside the config, "" for none."""
        if place != self._place:
            self._place = place
            self.valueChanged.emit()

    @Slot()
    def clear(self) -> None:
        """Forget the stored credential."""
        self.complain("")
        self._write("")

    def _read_again(self) -> None:
        seen, link = self._read(), self._read_link()
        if (seen, link) != (self._seen, self._link):
            self._seen, self._link = seen, link
            self.valueChanged.emit()
