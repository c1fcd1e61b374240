"""Controls over one preference each, named by its attribute in Preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Choice
from codexbar_qt.ui.setting_field_model import ChoiceField, FieldText, ToggleField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks

_FLAG_WORDS = ("off", "on")


class PreferenceFields:
    """Makes controls that read from the session's preferences and write through its tasks."""

    def __init__(self, session: SettingsSession, tasks: SettingsTasks) -> None:
        self._session, self._tasks = session, tasks

    def toggle(self, name: str, label: str, help_text: str = "") -> ToggleField:
        """Return a switch over a true-or-false preference."""
        return ToggleField(
            FieldText(name, label, help_text),
            read=lambda: self._flag(name),
            write=lambda on: self._tasks.edit_preferences({name: on}),
        )

    def choice(self, name: str, label: str, choices: Sequence[Choice], help_text: str = "") -> ChoiceField:
        """Return a picker over a preference that is a word."""
        return ChoiceField(
            FieldText(name, label, help_text),
            choices,
            read=lambda: str(getattr(self._session.preferences, name)),
            write=lambda value: self._tasks.edit_preferences({name: value}),
        )

    def flag_choice(self, name: str, label: str, words: tuple[str, str]) -> ChoiceField:
        """Return a picker over a true-or-false preference; `words` stand for false and true."""
        return ChoiceField(
            FieldText(name, label),
            [Choice(value, word) for value, word in zip(_FLAG_WORDS, words, strict=True)],
            read=lambda: _FLAG_WORDS[self._flag(name)],
            write=lambda value: self._tasks.edit_preferences({name: value == _FLAG_WORDS[1]}),
        )

    def _flag(self, name: str) -> bool:
        return bool(getattr(self._session.preferences, name))
