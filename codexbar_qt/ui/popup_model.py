"""The popup as QML sees it: tabs, cards, banner and the intents behind every button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QCoreApplication, QObject, QTimer, QUrl, Signal, SignalInstance, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtQml import QJSEngine

from codexbar_qt.core.spend_tab import SPEND_TAB
from codexbar_qt.ui import popup_keys
from codexbar_qt.ui.card_list_model import CardListModel
from codexbar_qt.ui.card_model import is_web_page
from codexbar_qt.ui.popup_consent import PopupConsent
from codexbar_qt.ui.popup_selection import PopupSelection
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.spend_tab_model import SpendTabModel, spend_tab_state
from codexbar_qt.ui.tab_model import TabItem, tab_item
from codexbar_qt.ui.update_rows_model import UpdateRowsModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.card_state import CardState, TabState
    from codexbar_qt.core.spend_tab import SpendTab
    from codexbar_qt.ui.popup_session import PopupSession
    from codexbar_qt.ui.store_bridge import StoreBridge
    from codexbar_qt.ui.theme import ThemeModel

_TICK_MS = 30_000
_CONFIRM_MS = 900


def open_in_browser(url: str) -> None:
    """Show a page in the person's browser."""
    QDesktopServices.openUrl(QUrl(url))


class PopupModel(QObject):
    """Presents while the popup is open and does nothing while it is hidden.

    `settingsRequested` carries a provider id, "" for the window as it was. The intents never change what is shown by
    themselves: they ask the session, and the store answers.
    """

    selectionChanged = Signal()
    firstRunChanged = Signal()
    refreshingChanged = Signal()
    bannerChanged = Signal()
    errorCopiedChanged = Signal()
    spendShownChanged = Signal()
    settingsRequested = Signal(str)
    spendRequested = Signal()
    newsRequested = Signal()
    quitRequested = Signal()
    closeRequested = Signal()

    def __init__(
        self,
        session: PopupSession,
        bridge: StoreBridge,
        theme: ThemeModel,
        open_url: Callable[[str], None] = open_in_browser,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        QJSEngine.setObjectOwnership(self, QJSEngine.ObjectOwnership.CppOwnership)
        self._session = session
        self._theme = theme
        self._open_url = open_url
        self._tabs = RecordListModel(TabItem, lambda tab: tab.provider_id)
        self._cards = CardListModel(theme)
        self._spend = SpendTabModel(theme)
        self._updates = UpdateRowsModel(session.updates)
        self._ids: tuple[str, ...] = ()
        self._selection = PopupSelection(session)
        self._consent = PopupConsent(session, self._on_session)
        self._spend_state: SpendTab | None = None
        self._spend_shown = False
        self._shown_index, self._first_run, self._refreshing, self._banner = -1, False, False, ""
        self._is_open, self._copied_place = False, -1
        self._tick = self._timer(_TICK_MS, self.present, single=False)
        self._confirm = self._timer(_CONFIRM_MS, self.errorCopiedChanged.emit)
        bridge.accountChanged.connect(self._on_account)
        theme.changed.connect(self._present_tabs)
        self._unsubscribe = (
            session.subscribe(self._on_session),
            session.costs.subscribe(self._on_costs),
            session.updates.subscribe(self._on_updates),
        )

    def dispose(self) -> None:
        """Let go of the session; the model is of no use after."""
        self.closed()
        for stop in self._unsubscribe:
            stop()

    def opened(self) -> None:
        """Bring everything up to date, then keep it so. Call before the window is shown."""
        self._is_open = True
        self.present()
        self._tick.start()
        self._session.popup_opened()

    def closed(self) -> None:
        """Stop presenting."""
        if not self._is_open:
            return
        self._is_open = False
        self._tick.stop()
        self._selection.flush()
        self._updates.was_seen()

    def present(self) -> None:
        """Show the present state of everything."""
        providers = tuple(provider.id for provider in self._session.enabled())
        self._spend_state = self._session.spend()
        self._ids = (*((SPEND_TAB,) if self._spend_state is not None else ()), *providers)
        if self._selection.provider_id not in self._ids:
            self._selection.fall_back(next(iter((*providers, *self._ids)), ""))
        self._present_tabs()
        self._present_card()
        self._present_flags()

    def _present_tabs(self) -> None:
        states = [self._tab(provider_id) for provider_id in self._ids]
        self._tabs.put([tab_item(state, self._theme) for state in states])
        selected = self._selection.provider_id
        index = self._ids.index(selected) if selected in self._ids else -1
        self._set("_shown_index", index, self.selectionChanged)

    def _tab(self, name: str) -> TabState:
        return (
            spend_tab_state(self._spend_state) if name == SPEND_TAB and self._spend_state else self._session.tab(name)
        )

    def _present_card(self) -> None:
        selected = self._selection.provider_id
        if selected == SPEND_TAB and self._spend_state is not None:
            self._spend.show(self._spend_state)
            selected = ""
        self._set("_spend_shown", self._selection.provider_id == SPEND_TAB, self.spendShownChanged)
        self._cards.show(*self._consent.ask(self._session.cards(selected) if selected else ()))

    def _present_flags(self) -> None:
        names = [name for name in self._ids if name != SPEND_TAB]
        keys = (key for provider_id in names for key in self._session.keys(provider_id))
        states = [self._session.store.get(key) for key in keys]
        reading = self._spend_shown and self._session.costs.state.is_scanning
        self._set("_first_run", not self._ids, self.firstRunChanged)
        self._set("_refreshing", any(state.refreshing for state in states) or reading, self.refreshingChanged)
        self._set("_banner", self._banner_text(), self.bannerChanged)
        self._updates.update()

    def _banner_text(self) -> str:
        if self._session.config.problem:
            return self._session.config.problem
        failures = len(self._session.load_failures())
        if failures == 0:
            return ""
        return _tr("A provider could not be loaded.") if failures == 1 else _tr("Some providers could not be loaded.")

    def _set(self, name: str, value: object, signal: SignalInstance) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            signal.emit()

    def _on_account(self, provider_id: str) -> None:
        if not self._is_open or provider_id not in self._ids:
            return
        self._present_tabs()
        if provider_id == self._selection.provider_id:
            self._present_card()
        self._present_flags()

    def _on_session(self) -> None:
        if self._is_open:
            self.present()

    def _on_costs(self) -> None:
        """Take progress and news of local cost, which concern no tab but its own."""
        if not self._is_open:
            return
        before, now = self._spend_state, self._session.spend()
        if (before is None, before and before.error) != (now is None, now and now.error):
            self.present()
            return
        self._spend_state = now
        self._present_card()
        self._present_flags()

    def _on_updates(self) -> None:
        if self._is_open:
            self._updates.update()

    def _card(self, place: int = 0) -> CardState | None:
        records = self._cards.records
        return records[place].card.state if 0 <= place < len(records) else None

    def _timer(self, milliseconds: int, call: Callable[[], None], *, single: bool = True) -> QTimer:
        timer = QTimer(self, interval=milliseconds, singleShot=single)
        timer.timeout.connect(call)
        return timer

    # Intents

    @Slot(int)
    def select(self, index: int) -> None:
        """Show the card of a tab."""
        if not 0 <= index < len(self._ids) or self._ids[index] == self._selection.provider_id:
            return
        self._selection.choose(self._ids[index])
        self._set("_shown_index", index, self.selectionChanged)
        self._present_card()
        self._present_flags()

    def select_provider(self, provider_id: str) -> None:
        """Show the card of a provider that is on."""
        if provider_id in self._ids:
            self.select(self._ids.index(provider_id))
        else:
            self._selection.choose(provider_id)

    def open_costs(self) -> None:
        """Open every cost chart on show."""
        cards = [record.card.cost_section for record in self._cards.records]
        for section in (*cards, *self._spend.sections):
            if section is not None:
                section.toggle()

    @Slot()
    def refresh(self) -> None:
        """Fetch everything anew."""
        self._session.refresh(None)

    @Slot(int)
    def fix(self, place: int) -> None:
        """Do what the button of a failed card says."""
        card = self._card(place)
        if card is None:
            return
        if card.fix_action == "settings":
            self._leave_for_settings(card.key.provider_id)
        elif card.fix_action == "refresh":
            self._session.refresh(card.key.provider_id)

    @Slot(int)
    def allowBrowser(self, place: int) -> None:
        """Answer the question of a card with yes."""
        card = self._card(place)
        if card is not None:
            self._consent.allow(card.key.provider_id)

    @Slot(int)
    def putOffBrowser(self, place: int) -> None:
        """Put the question of a card off."""
        card = self._card(place)
        if card is not None:
            self._consent.put_off(card.key.provider_id)

    @Slot()
    def openSettings(self) -> None:
        """Open the settings window."""
        self._leave_for_settings("")

    @Slot()
    def openSpend(self) -> None:
        """Open Usage & Spend in the settings window."""
        self.closeRequested.emit()
        self.spendRequested.emit()

    @Slot()
    def openRelease(self) -> None:
        """Open the page of the newer version."""
        self._open(self._updates.page)

    @Slot()
    def openNews(self) -> None:
        """Open what is new in this version, in the settings window."""
        self._updates.was_seen()
        self.closeRequested.emit()
        self.newsRequested.emit()

    @Slot()
    def openDashboard(self) -> None:
        """Open the provider's usage page."""
        card = self._card()
        self._open(card.dashboard_url if card else "")

    @Slot()
    def openStatusPage(self) -> None:
        """Open the provider's status page."""
        card = self._card()
        self._open(card.status_url if card else "")

    @Slot(int)
    def copyError(self, place: int) -> None:
        """Put the error text of a card on the clipboard and say so on it for a moment."""
        card = self._card(place)
        if card is not None and card.error_text:
            QGuiApplication.clipboard().setText(card.error_text)
            self._copied_place = place
            self._confirm.start()
            self.errorCopiedChanged.emit()

    @Slot()
    def quit(self) -> None:
        """End the app."""
        self.quitRequested.emit()

    @Slot()
    def close(self) -> None:
        """Close the popup."""
        self.closeRequested.emit()

    @Slot(int, int, bool, result=bool)
    def pressKey(self, key: int, modifiers: int, mirrored: bool) -> bool:
        """Act on a key press; False when it means nothing here."""
        intent = popup_keys.intent_of(key, modifiers, mirrored=mirrored)
        if intent is None:
            return False
        actions: dict[str, Callable[[], None]] = {
            "refresh": self.refresh,
            "settings": self.openSettings,
            "quit": self.quit,
            "close": self.close,
            "tab": lambda: self.select(intent.place),
            "step": lambda: self.select(self._shown_index + intent.place),
        }
        actions[intent.kind]()
        return True

    def _copied_error(self) -> int:
        """Return the place of the card whose error was just copied, -1 for none."""
        return self._copied_place if self._confirm.isActive() else -1

    def _leave_for_settings(self, provider_id: str) -> None:
        self.closeRequested.emit()
        self.settingsRequested.emit(provider_id)

    def _open(self, url: str) -> None:
        if is_web_page(url):
            self.closeRequested.emit()
            self._open_url(url)

    tabs = Property(QObject, lambda self: self._tabs, constant=True)
    updates = Property(QObject, lambda self: self._updates, constant=True)
    spend = Property(QObject, lambda self: self._spend, constant=True)
    spendShown = Property(bool, lambda self: self._spend_shown, notify=spendShownChanged)
    cards = Property(QObject, lambda self: self._cards, constant=True)
    selectedIndex = Property(int, lambda self: self._shown_index, notify=selectionChanged)
    firstRun = Property(bool, lambda self: self._first_run, notify=firstRunChanged)
    refreshing = Property(bool, lambda self: self._refreshing, notify=refreshingChanged)
    banner = Property(str, lambda self: self._banner, notify=bannerChanged)
    copiedError = Property(int, _copied_error, notify=errorCopiedChanged)
    isDemo = Property(bool, lambda self: self._session.is_demo, constant=True)
    refreshKeys = Property(str, lambda _: popup_keys.shortcut_text(popup_keys.REFRESH), constant=True)
    settingsKeys = Property(str, lambda _: popup_keys.shortcut_text(popup_keys.SETTINGS), constant=True)
    quitKeys = Property(str, lambda _: popup_keys.shortcut_text(popup_keys.QUIT), constant=True)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PopupModel", text)
