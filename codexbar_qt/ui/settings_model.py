"""The settings window as a whole: which page is shown, and the pages themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.ui.about_model import AboutModel
from codexbar_qt.ui.advanced_model import AdvancedModel, OpenPath
from codexbar_qt.ui.general_model import GeneralModel
from codexbar_qt.ui.privacy_model import PrivacyModel
from codexbar_qt.ui.provider_list_model import ProviderListModel
from codexbar_qt.ui.provider_page_model import ProviderPageModel
from codexbar_qt.ui.settings_tasks import SettingsTasks
from codexbar_qt.ui.spend_pane_model import SpendPaneModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.ui.save_dialog import AskWhere
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.theme import ThemeModel

PANES = ("general", "spend", "privacy", "advanced", "about")


@dataclass(frozen=True, slots=True)
class SettingsDesktop:
    """What the settings ask of the desktop: put a text on the clipboard, open a path, ask where to save a file."""

    copy: Callable[[str], None]
    open_path: OpenPath
    ask_where: AskWhere


class SettingsModel(ViewModel):
    """Root of all view models. `close` ends its subscriptions."""

    bannerChanged = Signal()
    paneChanged = Signal()

    def __init__(
        self,
        session: SettingsSession,
        theme: ThemeModel,
        desktop: SettingsDesktop,
        tasks: SettingsTasks | None = None,
    ) -> None:
        super().__init__()
        self._session, self._theme, self._desktop = session, theme, desktop
        self._tasks = tasks or SettingsTasks(session)
        self._tasks.listen(self._show_banner)
        self._banner = ""
        self._problem = session.config.problem
        self._pane = PANES[0]
        self._page: ProviderPageModel | None = None
        # Kept as long as the window: QML lets go of a page some time after another one is shown.
        self._pages: dict[str, ProviderPageModel] = {}
        self._providers = ProviderListModel(session, self._tasks)
        self._general = GeneralModel(session, self._tasks)
        self._privacy = PrivacyModel(session, self._tasks)
        self._spend = SpendPaneModel(session, self._tasks, theme, desktop.ask_where)
        self._advanced = AdvancedModel(session, self._tasks, desktop.open_path, self._show_banner)
        self._about = AboutModel(session, self._tasks)
        self._unsubscribe: tuple[Callable[[], None], ...] = (
            session.subscribe(self.update),
            session.store.subscribe(self._update_state),
        )

    @Property(QObject, constant=True)
    def providers(self) -> QObject:
        """The sidebar's list."""
        return self._providers

    @Property(QObject, constant=True)
    def general(self) -> QObject:
        """The General pane."""
        return self._general

    @Property(QObject, constant=True)
    def privacy(self) -> QObject:
        """The Privacy pane."""
        return self._privacy

    @Property(QObject, constant=True)
    def spend(self) -> QObject:
        """The Usage & Spend pane."""
        return self._spend

    @Property(QObject, constant=True)
    def advanced(self) -> QObject:
        """The Advanced pane."""
        return self._advanced

    @Property(QObject, constant=True)
    def about(self) -> QObject:
        """The About pane."""
        return self._about

    @Property(str, notify=paneChanged)
    def pane(self) -> str:
        """The pane shown, "provider" while `page` is."""
        return self._pane

    @Property(QObject, notify=paneChanged)
    def page(self) -> QObject | None:
        """The provider page shown."""
        return self._page

    @Property(str, notify=paneChanged)
    def providerId(self) -> str:
        """The provider shown, "" while a pane is."""
        return self._page.provider_id if self._page else ""

    @Property(str, notify=bannerChanged)
    def banner(self) -> str:
        """What went wrong last, "" when nothing did."""
        return self._banner

    @property
    def shown_page(self) -> ProviderPageModel | None:
        """The provider page shown, typed."""
        return self._page

    @property
    def spend_pane(self) -> SpendPaneModel:
        """The Usage & Spend pane, typed."""
        return self._spend

    @Slot(str)
    def showPane(self, name: str) -> None:
        """Show General, Usage & Spend, Privacy, Advanced or About."""
        if name in PANES and name != self._pane:
            self._show(name, None)

    @Slot(str)
    def showProvider(self, provider_id: str) -> None:
        """Show the page of a provider; an unknown id changes nothing."""
        provider = next((one for one in self._session.providers() if one.id == provider_id), None)
        if provider is None or (self._page is not None and self._page.provider_id == provider_id):
            return
        page = self._pages.get(provider_id)
        if page is None:
            page = ProviderPageModel(self._session, provider, self._tasks, self._theme, self._desktop.copy)
            self._pages[provider_id] = page
        page.update()
        self._show("provider", page)
        page.look_around()

    def opened(self) -> None:
        """Look again at what others switch, too, while nobody looks."""
        self._tasks.start(self._session.check_start_at_login())

    @Slot()
    def dismissBanner(self) -> None:
        """Take the banner away."""
        self._show_banner("")

    def update(self) -> None:
        """Config or preferences have changed, here or outside."""
        problem, self._problem = self._problem, self._session.config.problem
        if problem != self._problem and self._banner == problem:
            self._show_banner("")
        self._providers.update()
        self._general.update()
        self._privacy.update()
        self._spend.update()
        self._advanced.update()
        self._about.update()
        if self._page is not None:
            self._page.update()

    def update_numbers(self) -> None:
        """Time has passed: countdowns and ages read differently."""
        self._privacy.update()
        self._spend.update()
        self._about.update()
        if self._page is not None:
            self._page.update_card()

    def close(self) -> None:
        """Stop listening."""
        unsubscribe, self._unsubscribe = self._unsubscribe, ()
        for stop in unsubscribe:
            stop()
        for pane in (self._spend, self._about) if unsubscribe else ():
            pane.close()
        for page in self._pages.values() if unsubscribe else ():
            page.close()

    def _update_state(self, key: AccountKey) -> None:
        self._providers.update()
        self._privacy.update()
        if self._page is not None and self._page.provider_id == key.provider_id:
            self._page.update_card()

    def _show(self, pane: str, page: ProviderPageModel | None) -> None:
        self._page, self._pane = page, pane
        self._privacy.show(pane == "privacy")
        self._spend.show(pane == "spend")
        self._about.show(pane == "about")
        self._show_banner("")
        self.paneChanged.emit()

    def _show_banner(self, sentence: str) -> None:
        if sentence != self._banner:
            self._banner = sentence
            self.bannerChanged.emit()
