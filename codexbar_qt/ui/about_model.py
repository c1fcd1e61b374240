"""The About pane: which version this is, where it came from, whether there is a newer one, and what is new in it."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot, qVersion

from codexbar_qt.core.update_feed import channel_of
from codexbar_qt.core.update_presenter import UpdatePane, present_update_pane
from codexbar_qt.project import HOME_PAGE
from codexbar_qt.provider_api import Choice
from codexbar_qt.ui.preference_fields import PreferenceFields
from codexbar_qt.ui.setting_field_model import ChoiceField, FieldText
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.ui.setting_field_model import SettingField
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks

CHANNELS = (Choice("stable", "Stable"), Choice("beta", "Beta"))


class AboutModel(ViewModel):
    """Facts that never change while the app runs, and what is known of versions."""

    changed = Signal()

    def __init__(self, session: SettingsSession, tasks: SettingsTasks) -> None:
        super().__init__()
        self._session = session
        self._pane = self._present()
        looks = session.updates.state.origin.looks_for_updates
        self._fields = (_daily(session, tasks), _channel(session, tasks)) if looks else ()
        self._unsubscribe = session.updates.subscribe(self.update)

    version = Property(str, lambda self: self._session.updates.state.running, constant=True)
    licence = Property(str, lambda _: "MIT licence", constant=True)
    runtime = Property(str, lambda _: f"Python {platform.python_version()}, Qt {qVersion()}", constant=True)
    origin = Property(str, lambda self: self._session.updates.state.origin.name, constant=True)
    homePage = Property(str, lambda _: HOME_PAGE, constant=True)
    updateFields = Property(list, lambda self: list(self._fields), constant=True)
    title = Property(str, lambda self: self._pane.title, notify=changed)
    detail = Property(str, lambda self: self._pane.detail, notify=changed)
    page = Property(str, lambda self: self._pane.page, notify=changed)
    pageLabel = Property(str, lambda self: self._pane.page_label, notify=changed)
    looks = Property(bool, lambda self: bool(self._fields), constant=True)
    canCheck = Property(bool, lambda self: self._pane.can_check, notify=changed)
    checking = Property(bool, lambda self: self._pane.is_checking, notify=changed)
    changesTitle = Property(str, lambda self: self._pane.changes_title, notify=changed)
    changes = Property(str, lambda self: self._pane.changes, notify=changed)

    def controls(self) -> tuple[SettingField, ...]:
        """Every control of the pane."""
        return self._fields

    @Slot()
    def check(self) -> None:
        """Look for a newer version now."""
        self._session.updates.check()

    def show(self, shown: bool) -> None:
        """The pane is shown, or no longer: what is new has then been seen."""
        self.update()
        if shown:
            self._session.updates.seen()

    def update(self) -> None:
        """Read everything again."""
        for field in self._fields:
            field.refresh()
        pane = self._present()
        if pane != self._pane:
            self._pane = pane
            self.changed.emit()

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()

    def _present(self) -> UpdatePane:
        return present_update_pane(self._session.updates.state, self._session.clock.now(), self._session.zone)


def _daily(session: SettingsSession, tasks: SettingsTasks) -> SettingField:
    return PreferenceFields(session, tasks).toggle(
        "update_checks_enabled",
        "Check for updates",
        "Reads the list of releases at GitHub once a day. Nothing is downloaded or installed.",
    )


def _channel(session: SettingsSession, tasks: SettingsTasks) -> SettingField:
    running = session.updates.state.running
    return ChoiceField(
        FieldText("update_channel", "Channel", "Beta also tells of versions that are still being tried out."),
        CHANNELS,
        read=lambda: channel_of(session.preferences.update_channel, running),
        write=lambda value: tasks.edit_preferences({"update_channel": value}),
    )
