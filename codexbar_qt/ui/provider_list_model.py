"""The providers in the sidebar: in display order, filtered by what is typed, moved by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.core import config_edit
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks


@dataclass(frozen=True, slots=True)
class ProviderItem:
    """One line of the sidebar."""

    provider_id: str
    name: str
    icon: str
    on: bool
    failed: bool


class ProviderListModel(ViewModel):
    """What the sidebar lists. Order can be changed only while nothing is filtered out."""

    queryChanged = Signal()
    changed = Signal()

    def __init__(self, session: SettingsSession, tasks: SettingsTasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._query = ""
        self._facts = (0, 0)
        self._dragging = False
        self._rows = RecordListModel(ProviderItem, lambda item: item.provider_id)
        self.update()

    @property
    def items(self) -> tuple[ProviderItem, ...]:
        """The lines as shown."""
        return self._rows.records

    @Property(QObject, constant=True)
    def rows(self) -> QObject:
        """Roles: providerId, name, icon, on, failed."""
        return self._rows

    @Property(int, notify=changed)
    def enabledCount(self) -> int:
        """How many providers are on, filtered or not."""
        return self._facts[0]

    @Property(int, notify=changed)
    def shownCount(self) -> int:
        """How many are listed."""
        return self._facts[1]

    @Property(bool, notify=queryChanged)
    def sortable(self) -> bool:
        """Whether lines may be moved."""
        return not self._query

    @Property(str, notify=queryChanged)
    def query(self) -> str:
        """What is searched for."""
        return self._query

    @Slot(str)
    def search(self, text: str) -> None:
        """List only providers whose name, id or alias contains `text`."""
        query = " ".join(text.casefold().split())
        if query != self._query:
            self._query = query
            self.queryChanged.emit()
            self.update()

    @Slot(str, result=int)
    def place(self, provider_id: str) -> int:
        """Return the line of a provider, -1 when it is not listed."""
        ids = [item.provider_id for item in self._rows.records]
        return ids.index(provider_id) if provider_id in ids else -1

    @Slot(int, int)
    def drag(self, source: int, target: int) -> None:
        """Move a line on screen; `drop` keeps the order."""
        if not self._query and self._rows.move(source, target):
            self._dragging = True

    @Slot()
    def drop(self) -> None:
        """Store the order on screen."""
        if not self._dragging:
            return
        order = [item.provider_id for item in self._rows.records]
        self._tasks.edit_config(lambda raw: config_edit.reorder(raw, order), self._settle)

    @Slot(int, int)
    def move(self, source: int, target: int) -> None:
        """Move a line and store the order."""
        self.drag(source, target)
        self.drop()

    def update(self) -> None:
        """Read the config and the states again; an order that is being made or stored stays."""
        if self._dragging:
            return
        everyone = self._session.providers()
        shown = [self._item(provider) for provider in everyone if matches(provider, self._query)]
        self._rows.put(shown)
        facts = (len(self._session.config.enabled_ids), len(shown))
        if facts != self._facts:
            self._facts = facts
            self.changed.emit()

    def _settle(self) -> None:
        self._dragging = False
        self.update()

    def _item(self, provider: Provider) -> ProviderItem:
        descriptor = provider.descriptor
        on = self._session.config.entry(provider.id).enabled
        failed = on and self._session.tab(provider.id).failed
        return ProviderItem(provider.id, descriptor.name, descriptor.icon or provider.id, on, failed)


def matches(provider: Provider, query: str) -> bool:
    """Whether name, id or an alias contains `query` (already folded); an empty one matches all."""
    descriptor = provider.descriptor
    names = (descriptor.name, descriptor.short_name, descriptor.id, *descriptor.aliases)
    return any(query in name.casefold() for name in names)
