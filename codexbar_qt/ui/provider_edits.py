"""The changes a provider's settings page makes, each one edit of the config file or of the preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_normal import raw_entry
from codexbar_qt.core.config_scopes import set_scope_enabled
from codexbar_qt.provider_api import ProviderError
from codexbar_qt.ui.privacy_texts import is_imported
from codexbar_qt.ui.settings_tasks import INTERNAL_ERROR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codexbar_qt.provider_api import Provider, ScopesSetting
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

    def turn_scope(self, setting: ScopesSetting, scope_id: str, on: bool) -> None:
        """Switch a part of the account on or off."""
        self._tasks.edit_config(lambda raw: set_scope_enabled(raw, self._id, setting, scope_id, on))

    def find_scopes(self, told: Callable[[str, bool], None]) -> None:
        """Ask the service for the parts of the account; `told` gets the closing sentence and whether it failed."""
        self._tasks.start(self._find_scopes(told))

    def import_session(self, told: Callable[[str, bool], None]) -> None:
        """Take a session out of a browser; `told` gets the closing sentence and whether it failed."""
        self._tasks.start(self._import_session(told))

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

    def add_account(self, label: str, token: str, fields: Mapping[str, str]) -> None:
        """Add an account and select it; `fields` are those stored beside its token."""
        now = self._session.clock.now()

        def edit(raw: dict[str, object]) -> None:
            config_edit.add_account(raw, self._id, label, token, now, fields)

        self._tasks.edit_config(edit)

    def change_account(self, account_id: str, fields: Mapping[str, str]) -> None:
        """Change what is stored beside the token of an account; "" takes a field away."""
        self._tasks.edit_config(lambda raw: config_edit.change_account(raw, self._id, account_id, fields))

    def remove_account(self, account_id: str) -> None:
        """Remove an account."""
        self._tasks.edit_config(lambda raw: config_edit.remove_account(raw, self._id, account_id))

    def select_account(self, account_id: str) -> None:
        """Select an account."""
        now = self._session.clock.now()
        self._tasks.edit_config(lambda raw: config_edit.select_account(raw, self._id, account_id, now))

    async def _import_session(self, told: Callable[[str, bool], None]) -> None:
        closing, failed = INTERNAL_ERROR, True
        try:
            closing = await self._session.import_session(self._id)
            failed = not is_imported(closing)
        finally:
            told(closing, failed)

    async def _find_scopes(self, told: Callable[[str, bool], None]) -> None:
        closing, failed = INTERNAL_ERROR, True
        try:
            closing, failed = await self._session.find_scopes(self._id), False
        except ProviderError as error:
            closing = error.message
        finally:
            told(closing, failed)
