"""The settings page of one provider: what is known about it, its controls, its actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.provider_api import ChoiceSetting, Provider, SecretSetting
from codexbar_qt.ui.action_model import ActionModel
from codexbar_qt.ui.cookie_source_field_model import CookieSourceField
from codexbar_qt.ui.privacy_texts import consent_sentence
from codexbar_qt.ui.provider_edits import ProviderEdits
from codexbar_qt.ui.provider_fields import ProviderFields
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.row_model import WindowItem, window_items
from codexbar_qt.ui.secret_field_model import SecretField
from codexbar_qt.ui.setting_field_model import ChoiceField, SettingField
from codexbar_qt.ui.view_model import Property, ViewModel
from codexbar_qt.ui.waiting_card import waiting_card

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks
    from codexbar_qt.ui.theme import ThemeModel


class ProviderPageModel(ViewModel):
    """Header facts come from the same card state as the popup; `update` reads everything again."""

    changed = Signal()
    enabledChanged = Signal()

    def __init__(
        self,
        session: SettingsSession,
        provider: Provider,
        tasks: SettingsTasks,
        theme: ThemeModel,
        copy: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._session, self._provider, self._tasks, self._theme, self._copy = session, provider, tasks, theme, copy
        self._edits = ProviderEdits(session, provider, tasks)
        fields = ProviderFields(session, provider, self._edits)
        self._fields = fields.connection()
        self._accent = fields.accent()
        self._actions = [ActionModel(session, tasks, provider.id, action) for action in provider.actions]
        self._rows = RecordListModel(WindowItem, lambda item: item.row_id)
        self._wanted = session.wanted_browser(provider.id)
        self._card = self._read_card()
        self._rows.put(window_items(self._card))
        self._enabled, self._invalid = self._entry_facts()
        self._located_for = session.config.entry(provider.id)
        theme.changed.connect(self.changed)

    @property
    def provider_id(self) -> str:
        """Catalogue id."""
        return self._provider.id

    @property
    def card(self) -> CardState:
        """What the header is made of."""
        return self._card

    def _name(self) -> str:
        return self._provider.descriptor.name

    def _icon(self) -> str:
        return self._provider.descriptor.icon or self._provider.id

    def _links(self) -> list[dict[str, str]]:
        descriptor = self._provider.descriptor
        usual = [("Dashboard", self._card.dashboard_url), ("Status page", descriptor.status_url)]
        error = self._session.state(self._provider.id).error
        named = [(link.label, link.url) for link in descriptor.links if not link.after or isinstance(error, link.after)]
        return [{"label": label, "url": url} for label, url in (*usual, *named) if url]

    def _subtitle(self) -> str:
        if not self._enabled:
            return "Off"
        failed = self._card.subtitle_kind == "error"
        if not failed:
            return self._card.subtitle
        return f"Last refresh failed · {self._card.source_text}" if self._card.source_text else "Last refresh failed"

    def _identity(self) -> str:
        plan = self._card.plan_text
        label = self._provider.descriptor.plan_label
        return " · ".join(
            part for part in (self._card.account_text, f"{label}: {plan}" if label and plan else plan) if part
        )

    def _consent(self) -> str:
        return consent_sentence(self._name(), self._wanted.label) if self._wanted else ""

    providerId = Property(str, lambda self: self._provider.id, constant=True)
    name = Property(str, _name, constant=True)
    icon = Property(str, _icon, constant=True)
    links = Property(list, _links, notify=changed)
    fields = Property(list, lambda self: list(self._fields), constant=True)
    accent = Property(QObject, lambda self: self._accent, constant=True)
    actions = Property(list, lambda self: list(self._actions), constant=True)
    rows = Property(QObject, lambda self: self._rows, constant=True)
    rowCount = Property(int, lambda self: len(self._card.rows), notify=changed)
    barColor = Property(str, lambda self: self._theme.bar_color(self._card.color), notify=changed)
    sample = Property(str, lambda self: self._card.color, notify=changed)
    subtitle = Property(str, _subtitle, notify=changed)
    identity = Property(str, _identity, notify=changed)
    refreshing = Property(bool, lambda self: self._card.refreshing, notify=changed)
    stale = Property(bool, lambda self: self._card.stale, notify=changed)
    placeholder = Property(str, lambda self: self._card.placeholder, notify=changed)
    lastError = Property(str, lambda self: self._card.error_text, notify=changed)
    enabled = Property(bool, lambda self: self._enabled, notify=enabledChanged)
    invalidEntry = Property(str, lambda self: self._invalid, notify=enabledChanged)
    consent = Property(str, _consent, notify=changed)

    @Slot(bool)
    def turn(self, on: bool) -> None:
        """Switch the provider on or off."""
        if on != self._enabled:
            self._edits.enable(on)

    @Slot()
    def refresh(self) -> None:
        """Fetch now."""
        self._session.refresh(self._provider.id)

    @Slot()
    def allowBrowser(self) -> None:
        """Let the browser be read that the provider waits for."""
        if self._wanted is not None:
            for field in self._fields:
                if isinstance(field, CookieSourceField):
                    field.tell("", failed=False)
            self._tasks.run(self._session.set_browser_access(self._wanted.id, allowed=True))

    @Slot()
    def copyError(self) -> None:
        """Put the last error on the clipboard; it is redacted already."""
        self._copy(self._card.error_text)

    def close(self) -> None:
        """Let go of the theme: the page is no longer shown."""
        self._theme.changed.disconnect(self.changed)

    def look_around(self) -> None:
        """Ask for the choices that are found on this machine."""
        found = {setting.key for setting in self._discovering()}
        for field in self._fields:
            if isinstance(field, ChoiceField) and field.text_parts.key in found:
                self._tasks.start(self._discover(field))
        self._locate_secrets()

    def update(self) -> None:
        """Read config and preferences again; every control signals only what is different."""
        for field in (*self._fields, self._accent):
            field.refresh()
        for action in self._actions:
            action.refresh()
        entry = self._session.config.entry(self._provider.id)
        if entry != self._located_for:
            self._locate_secrets()
        self.update_card()
        facts = self._entry_facts()
        if facts != (self._enabled, self._invalid):
            self._enabled, self._invalid = facts
            self.enabledChanged.emit()
            self.changed.emit()

    def update_card(self) -> None:
        """Read the usage again."""
        before, self._wanted = self._wanted, self._session.wanted_browser(self._provider.id)
        card = self._read_card()
        for field in self._fields:
            if isinstance(field, ChoiceField):
                field.refresh_beside()
        if (card, self._wanted) != (self._card, before):
            self._card = card
            self._rows.put(window_items(card))
            self.changed.emit()

    def controls(self) -> tuple[SettingField, ...]:
        """Every control of the page."""
        return (*self._fields, self._accent)

    def _read_card(self) -> CardState:
        return waiting_card(self._session.card(self._provider.id), self._wanted)

    def _entry_facts(self) -> tuple[bool, str]:
        entry = self._session.config.entry(self._provider.id)
        if not entry.invalid:
            return entry.enabled, ""
        return False, f"The config entry cannot be used: {'; '.join(entry.invalid)}. Correct it in the config file."

    def _discovering(self) -> list[ChoiceSetting]:
        declared = self._provider.descriptor.settings
        return [setting for setting in declared if isinstance(setting, ChoiceSetting) and setting.discover]

    def _locate_secrets(self) -> None:
        """Ask where the credentials come from that the provider finds by itself."""
        self._located_for = self._session.config.entry(self._provider.id)
        settings = self._provider.descriptor.settings
        found = {item.key for item in settings if isinstance(item, SecretSetting) and item.locate is not None}
        for field in self._fields:
            if isinstance(field, SecretField) and field.text_parts.key in found:
                self._tasks.start(self._locate(field))

    async def _locate(self, field: SecretField) -> None:
        asked = self._located_for
        place = await self._session.locate_secret(self._provider.id, field.text_parts.key)
        if asked == self._located_for:
            field.locate(place)

    async def _discover(self, field: ChoiceField) -> None:
        key = field.text_parts.key
        declared = next(setting.choices for setting in self._discovering() if setting.key == key)
        found = await self._session.discover_choices(self._provider.id, key)
        known = {choice.value for choice in declared}
        field.offer((*declared, *(choice for choice in found if choice.value not in known)))
