"""What the commands need of the application; the composition root builds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import tzinfo

    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.cost_logs import CostLogs
    from codexbar_qt.core.cost_prices import CostPrices
    from codexbar_qt.core.fetch_service import ContextFactory
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.core.registry import Registry
    from codexbar_qt.provider_api import Clock, Env, Platform


class Backend(Protocol):
    """The wired services of one process; attributes are only read."""

    @property
    def env(self) -> Env:
        """The environment."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def platform(self) -> Platform:
        """The kind of system."""
        ...

    @property
    def zone(self) -> tzinfo:
        """The local time zone."""
        ...

    @property
    def registry(self) -> Registry:
        """The providers, in catalogue order."""
        ...

    @property
    def config_file(self) -> ConfigFile:
        """The config."""
        ...

    @property
    def preferences_file(self) -> PreferencesFile:
        """The preferences of the app."""
        ...

    @property
    def contexts(self) -> ContextFactory:
        """Makes the ports of a fetch."""
        ...

    @property
    def browsers(self) -> BrowserSessions:
        """The browsers, and the sessions that are kept."""
        ...

    @property
    def cost(self) -> CostLogs:
        """The logs of agents on this machine."""
        ...

    @property
    def prices(self) -> CostPrices:
        """What tokens cost."""
        ...

    async def close(self) -> None:
        """End child processes and connections."""
        ...


class Host(Protocol):
    """Builds, and only when a command needs it."""

    def start_log(self, level: str, *, json_lines: bool) -> None:
        """Send log records from `level` on to standard error; "" follows the environment."""
        ...

    def build(self) -> Backend:
        """Return the services. Blocks for as long as the disk does."""
        ...
