"""The Privacy pane: which browsers may be read, which sessions are kept, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.ui import privacy_texts
from codexbar_qt.ui.preference_fields import PreferenceFields
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess
    from codexbar_qt.ui.setting_field_model import SettingField
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks

_PAGE = 20


@dataclass(frozen=True, slots=True)
class BrowserItem:
    """A browser with its switch."""

    browser_id: str
    label: str
    state_text: str
    meaning: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A session kept for a provider. `busy` while it is being forgotten."""

    provider_id: str
    name: str
    detail: str
    busy: bool


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One line of the access ledger."""

    read_id: str
    title: str
    item: str
    result: str
    time_text: str
    accessible_text: str


class PrivacyModel(ViewModel):
    """Three lists over the session. They are filled while the pane is shown, `show` says when."""

    changed = Signal()

    def __init__(self, session: SettingsSession, tasks: SettingsTasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._personal: tuple[SettingField, ...] = (
            PreferenceFields(session, tasks).toggle(
                "hide_personal_info",
                "Hide personal information",
                help_text="Leaves e-mail addresses out of every surface.",
            ),
        )
        self._browsers = RecordListModel(BrowserItem, lambda item: item.browser_id)
        self._kept = RecordListModel(KeptItem, lambda item: item.provider_id)
        self._reads = RecordListModel(ReadItem, lambda item: item.read_id)
        self._forgetting: set[str] = set()
        self._limit = _PAGE
        self._hidden_reads = 0
        self._is_shown = False

    personalFields = Property(list, lambda self: list(self._personal), constant=True)
    browsers = Property(QObject, lambda self: self._browsers, constant=True)
    kept = Property(QObject, lambda self: self._kept, constant=True)
    reads = Property(QObject, lambda self: self._reads, constant=True)
    browserCount = Property(int, lambda self: len(self._browsers.records), notify=changed)
    keptCount = Property(int, lambda self: len(self._kept.records), notify=changed)
    readCount = Property(int, lambda self: len(self._reads.records), notify=changed)
    hiddenReads = Property(int, lambda self: self._hidden_reads, notify=changed)
    promise = Property(str, lambda _: privacy_texts.PROMISE, constant=True)
    noBrowser = Property(str, lambda _: privacy_texts.NO_BROWSER, constant=True)
    nothingKept = Property(str, lambda _: privacy_texts.NOTHING_KEPT, constant=True)
    nothingRead = Property(str, lambda _: privacy_texts.NOTHING_READ, constant=True)

    @property
    def listed_browsers(self) -> tuple[BrowserItem, ...]:
        """The browsers as shown."""
        return self._browsers.records

    @property
    def listed_kept(self) -> tuple[KeptItem, ...]:
        """The kept sessions as shown."""
        return self._kept.records

    @property
    def listed_reads(self) -> tuple[ReadItem, ...]:
        """The lines of the ledger as shown."""
        return self._reads.records

    def controls(self) -> tuple[SettingField, ...]:
        """Every control of the pane that is a preference."""
        return self._personal

    @Slot(str, bool)
    def allow(self, browser_id: str, allowed: bool) -> None:
        """Allow or refuse to read a browser."""
        self._tasks.run(self._session.set_browser_access(browser_id, allowed))

    @Slot(str)
    def forget(self, provider_id: str) -> None:
        """Remove the session kept for a provider; a second press while it runs does nothing."""
        if provider_id not in self._forgetting:
            self._forgetting.add(provider_id)
            self.update()
            self._tasks.run(self._session.forget_session(provider_id), lambda: self._forgotten(provider_id))

    @Slot()
    def showMore(self) -> None:
        """Show older reads too."""
        self._limit += self._hidden_reads
        self.update()

    def show(self, shown: bool) -> None:
        """The pane comes into view or goes; only then is there anything to keep up to date."""
        self._is_shown = shown
        self._limit = _PAGE
        self.update()

    def update(self) -> None:
        """Read everything again."""
        for field in self._personal:
            field.refresh()
        if self._is_shown:
            before = self._counts()
            self._fill()
            if before != self._counts():
                self.changed.emit()

    def _counts(self) -> tuple[int, ...]:
        lists = (self._browsers.records, self._kept.records, self._reads.records)
        return (*(len(one) for one in lists), self._hidden_reads)

    def _fill(self) -> None:
        names = {provider.id: provider.descriptor.name for provider in self._session.providers()}
        shown = [one for one in self._session.browsers() if one.found or one.state != "unasked"]
        self._browsers.put([_browser_item(one) for one in shown])
        self._kept.put(self._kept_items(names))
        ledger = self._session.ledger()
        self._hidden_reads = max(0, len(ledger) - self._limit)
        self._reads.put([self._read_item(one, names) for one in ledger[: self._limit]])

    def _kept_items(self, names: dict[str, str]) -> list[KeptItem]:
        now, hide = self._session.clock.now(), self._session.preferences.hide_personal_info
        items: list[KeptItem] = []
        for provider_id, name in names.items():
            kept = self._session.cached_session(provider_id)
            if kept is not None:
                words = privacy_texts.kept_words(kept, now, hide_personal_info=hide)
                detail = f"{words}. {privacy_texts.IN_MEMORY}" if kept.in_memory else words
                items.append(KeptItem(provider_id, name, detail, provider_id in self._forgetting))
        return items

    def _read_item(self, record: AccessRecord, names: dict[str, str]) -> ReadItem:
        # A third-party provider may be gone; what was read for it is still told.
        title = privacy_texts.read_title(record, names.get(record.provider_id, record.provider_id))
        item = without_addresses(record.item) if self._session.preferences.hide_personal_info else record.item
        when = privacy_texts.read_time(record, self._session.clock.now())
        name = f"{record.what}\n{item}\n{record.provider_id}\n{record.result}"
        result = record.result[:1].upper() + record.result[1:]
        return ReadItem(name, title, item, result, when, f"{title}, {item}, {record.result}, {when}")

    def _forgotten(self, provider_id: str) -> None:
        self._forgetting.discard(provider_id)
        self.update()


def _browser_item(access: BrowserAccess) -> BrowserItem:
    return BrowserItem(
        access.id,
        access.label,
        privacy_texts.access_state(access),
        privacy_texts.access_meaning(access),
        access.state == "allowed",
    )
