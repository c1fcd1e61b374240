"""One control of a settings page: what it shows and what it does. Values come and go through two functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot

from codexbar_qt.provider_api import Choice
from codexbar_qt.ui.view_model import Property, ViewModel

Condition = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class FieldText:
    """The fixed words of a control; `key` names it in tests and errors."""

    key: str
    label: str
    help: str = ""
    placeholder: str = ""


def always() -> bool:
    """Show the control whatever the other settings say."""
    return True


class SettingField(ViewModel):
    """What all controls have in common. `kind` picks the row that draws it.

    A subclass declares its own `valueChanged`: PySide crashes when a property names a signal of the parent class.
    """

    kind_name = ""
    errorChanged = Signal()
    shownChanged = Signal()

    def __init__(self, text: FieldText, shown_when: Condition = always) -> None:
        super().__init__()
        self.text_parts = text
        self._shown_when = shown_when
        self._shown = shown_when()
        self._error = ""

    @Property(str, constant=True)
    def kind(self) -> str:
        """Name of the row that draws this control."""
        return self.kind_name

    @Property(str, constant=True)
    def key(self) -> str:
        """Name of the setting."""
        return self.text_parts.key

    @Property(str, constant=True)
    def label(self) -> str:
        """Words beside the control."""
        return self.text_parts.label

    @Property(str, constant=True)
    def help(self) -> str:
        """Words below the label."""
        return self.text_parts.help

    @Property(bool, notify=shownChanged)
    def shown(self) -> bool:
        """Whether other settings call for this control."""
        return self._shown

    @Property(str, notify=errorChanged)
    def error(self) -> str:
        """Why what was entered is not saved; "" when nothing is wrong."""
        return self._error

    def refresh(self) -> None:
        """Read the value again; signals fire only when something is different."""
        self._read_again()
        self._settle_shown()

    def complain(self, sentence: str) -> None:
        """Show why nothing was saved; "" takes it back."""
        if sentence != self._error:
            self._error = sentence
            self.errorChanged.emit()

    def _settle_shown(self) -> None:
        shown = self._is_called_for()
        if shown != self._shown:
            self._shown = shown
            self.shownChanged.emit()

    def _is_called_for(self) -> bool:
        return self._shown_when()

    def _read_again(self) -> None:
        raise NotImplementedError


class ToggleField(SettingField):
    """A switch."""

    kind_name = "toggle"
    valueChanged = Signal()

    def __init__(
        self, text: FieldText, read: Callable[[], bool], write: Callable[[bool], None], shown_when: Condition = always
    ) -> None:
        super().__init__(text, shown_when)
        self._read, self._write = read, write
        self._on = read()

    @Property(bool, notify=valueChanged)
    def on(self) -> bool:
        """Position of the switch."""
        return self._on

    @Slot(bool)
    def turn(self, on: bool) -> None:
        """Store a position."""
        if on != self._on:
            self._write(on)

    def _read_again(self) -> None:
        on = self._read()
        if on != self._on:
            self._on = on
            self.valueChanged.emit()


class ChoiceField(SettingField):
    """A picker; it is shown only while there is something to pick.

    A value that is none of the choices becomes one with `keeps_unknown`, else the first one shows. `read_beside` gives
    a few words that stand beside the picker.
    """

    kind_name = "choice"
    valueChanged = Signal()
    optionsChanged = Signal()
    besideChanged = Signal()

    def __init__(
        self,
        text: FieldText,
        choices: Sequence[Choice],
        read: Callable[[], str],
        write: Callable[[str], None],
        *,
        keeps_unknown: bool = False,
        read_beside: Callable[[], str] = str,
        shown_when: Condition = always,
    ) -> None:
        super().__init__(text, shown_when)
        self._read_beside, self._beside = read_beside, read_beside()
        self._offered = tuple(choices)
        self._read, self._write = read, write
        self._keeps_unknown = keeps_unknown
        self._value = read()
        self._choices = self._with_own()
        self._shown = self._is_called_for()

    @Property(list, notify=optionsChanged)
    def options(self) -> list[str]:
        """Labels in order."""
        return [choice.label for choice in self._choices]

    @Property(int, notify=valueChanged)
    def index(self) -> int:
        """Place of the chosen label."""
        values = [choice.value for choice in self._choices]
        return values.index(self._value) if self._value in values else 0

    @Property(str, notify=besideChanged)
    def beside(self) -> str:
        """Words beside the picker."""
        return self._beside

    @Slot(int)
    def choose(self, index: int) -> None:
        """Store the choice at `index`."""
        if 0 <= index < len(self._choices) and self._choices[index].value != self._value:
            self._write(self._choices[index].value)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Replace the choices: more were found on this machine."""
        self._offered = tuple(choices)
        self._choose_among(self._with_own())
        self._settle_shown()

    def refresh_beside(self) -> None:
        """Read the words beside the picker again."""
        beside = self._read_beside()
        if beside != self._beside:
            self._beside = beside
            self.besideChanged.emit()

    def _is_called_for(self) -> bool:
        return bool(self._offered) and super()._is_called_for()

    def _with_own(self) -> tuple[Choice, ...]:
        known = any(choice.value == self._value for choice in self._offered)
        if known or not self._value or not self._keeps_unknown:
            return self._offered
        return (*self._offered, Choice(self._value, self._value))

    def _choose_among(self, choices: tuple[Choice, ...]) -> None:
        if choices != self._choices:
            self._choices = choices
            self.optionsChanged.emit()
            self.valueChanged.emit()

    def _read_again(self) -> None:
        value = self._read()
        if value != self._value:
            self._value = value
            self._choose_among(self._with_own())
            self.valueChanged.emit()
        self.refresh_beside()
