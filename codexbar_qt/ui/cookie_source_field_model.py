"""Where the browser session of a provider comes from: the picker, what is kept, and an import at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot

from codexbar_qt.provider_api import Choice
from codexbar_qt.ui.setting_field_model import ChoiceField, Condition, FieldText, always
from codexbar_qt.ui.view_model import Property

COOKIE_CHOICES = (Choice("auto", "Automatic"), Choice("manual", "Manual"), Choice("off", "Off"))
Told = Callable[[str, bool], None]
"""Gets the closing sentence of an import and whether it failed."""


class CookieSourceField(ChoiceField):
    """The picker Automatic / Manual / Off, with "Import now" below it while `can_import`.

    `read_beside` tells of the session that is kept.
    """

    kind_name = "cookies"
    importChanged = Signal()

    def __init__(
        self,
        text: FieldText,
        read: Callable[[], str],
        write: Callable[[str], None],
        read_beside: Callable[[], str],
        can_import: Condition,
        import_session: Callable[[Told], None],
        shown_when: Condition = always,
    ) -> None:
        super().__init__(text, COOKIE_CHOICES, read, write, read_beside=read_beside, shown_when=shown_when)
        self._can_import, self._import_session = can_import, import_session
        self._offered_now = can_import()
        self._importing, self._failed, self._message = False, False, ""

    @Property(bool, notify=importChanged)
    def canImport(self) -> bool:
        """Whether "Import now" is shown."""
        return self._offered_now

    @Property(bool, notify=importChanged)
    def importing(self) -> bool:
        """Whether an import is at work."""
        return self._importing

    @Property(bool, notify=importChanged)
    def failed(self) -> bool:
        """Whether `message` says why nothing was imported."""
        return self._failed

    @Property(str, notify=importChanged)
    def message(self) -> str:
        """What came of the last import, "" before one."""
        return self._message

    @Slot()
    def importNow(self) -> None:
        """Import a session; a second press while it runs does nothing."""
        if self._offered_now and not self._importing:
            self._show("", importing=True)
            self._import_session(self.tell)

    def tell(self, message: str, failed: bool) -> None:
        """Show what came of an import."""
        self._show(message, failed=failed)
        self.refresh_beside()

    def _show(self, message: str, *, importing: bool = False, failed: bool = False) -> None:
        if (message, importing, failed) != (self._message, self._importing, self._failed):
            self._message, self._importing, self._failed = message, importing, failed
            self.importChanged.emit()

    def _read_again(self) -> None:
        super()._read_again()
        offered = self._can_import()
        if offered != self._offered_now:
            self._offered_now = offered
            if not self._importing:
                self._message, self._failed = "", False
            self.importChanged.emit()
