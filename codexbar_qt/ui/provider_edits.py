"""The changes a provider's settings page makes, each one edit of the config file or of the preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_normal import raw_entry

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks


class ProviderEdits:
    """Sends edits of one provider on their way; failures come back through the tasks' report."""

    def __init__(self, session: SettingsSession, provider: Provider, tasks: SettingsTasks) -> None:
        self._session, self._provider, self._tasks = session, provider, tasks
        self._id = provider.id

    def enable(self, on: bool) -> None:
        """Switch the provider on or off."""
        self._tasks.edit_config(lambda raw: config_edit.set_enabled(raw, self._id, on))

    def set_source(self, word: str) -> None:
        """Choose where numbers come from."""
        self._tasks.edit_config(lambda raw: config_edit.set_source(raw, self._id, word))

    def set_setting(self, key: str, value: str | bool) -> None:
        """Store a declared setting; "" forgets it. A secret is bound to what it belongs to."""
        read_env = self._session.env.get
        self._tasks.edit_config(lambda raw: config_edit.set_field(raw, self._provider, key, value, read_env))

    def set_accent(self, color: str) -> None:
        """Replace the provider's own colour; "" brings it back."""

        def edit(raw: dict[str, object]) -> None:
            entry = raw_entry(raw, self._id)
            entry.pop("accentColor", None)
            if color:
                entry["accentColor"] = color

        self._tasks.edit_config(edit)

    def set_preference(self, key: str, value: str) -> None:
        """Store a setting that is about looks."""
        self._tasks.edit_preferences({key: value})

    def add_account(self, label: str, token: str) -> None:
        """Add an account and select it."""
        now = self._session.clock.now()

        def edit(raw: dict[str, object]) -> None:
            config_edit.add_account(raw, self._id, label, token, now)

        self._tasks.edit_config(edit)

    def remove_account(self, account_id: str) -> None:
        """Remove an account."""
        self._tasks.edit_config(lambda raw: config_edit.remove_account(raw, self._id, account_id))

    def select_account(self, account_id: str) -> None:
        """Select an account."""
        now = self._session.clock.now()
        self._tasks.edit_config(lambda raw: config_edit.select_account(raw, self._id, account_id, now))
