"""The parts of the real thing, each built when it is first asked for: a command waits for nothing it does not use."""

from __future__ import annotations

import logging
import os
from functools import cached_property
from typing import TYPE_CHECKING

from codexbar_qt import __version__
from codexbar_qt.bootstrap.places import home_folder

if TYPE_CHECKING:
    from datetime import tzinfo

    from codexbar_qt.bootstrap.live_contexts import Live, LiveContexts, Machine
    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.config_location import ConfigLocation
    from codexbar_qt.core.cost_logs import CostLogs
    from codexbar_qt.core.cost_prices import CostPrices
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.core.private_file import FileCalls
    from codexbar_qt.core.registry import Registry
    from codexbar_qt.provider_api import Clock, Env, HttpClient, Platform, SystemInfo

_log = logging.getLogger(__name__)


class MachineParts:
    """What the command line is given. Raises NoHomeError; every part may read the disk.

    With `keeps_programs` (the tray app) a held program outlives the fetch that started it for a while.
    """

    def __init__(self, *, keeps_programs: bool = False) -> None:
        from codexbar_qt.adapters.platform_name import current_platform

        self._keeps_programs = keeps_programs
        self._home = home_folder()
        self.platform: Platform = current_platform()

    @cached_property
    def clock(self) -> Clock:
        """The time."""
        from codexbar_qt.adapters.system_clock import SystemClock

        return SystemClock()

    @cached_property
    def calls(self) -> FileCalls:
        """How private files are written."""
        from codexbar_qt.adapters.private_rights import restrict_to_owner
        from codexbar_qt.core.private_file import FileCalls

        return FileCalls(restrict=restrict_to_owner)

    @cached_property
    def location(self) -> ConfigLocation:
        """Where the config is."""
        from codexbar_qt.core.config_location import locate_config

        return locate_config(os.environ.get, self._home, self.platform)

    @cached_property
    def env(self) -> Env:
        """The environment, and the file beside the config."""
        from codexbar_qt.adapters.environment import ProcessEnv

        return ProcessEnv(os.environ, self.location.path.with_name("env"))

    @cached_property
    def system(self) -> SystemInfo:
        """Facts about the machine."""
        from codexbar_qt.adapters.system_info import read_system_info

        return read_system_info(__version__)

    @cached_property
    def zone(self) -> tzinfo:
        """The local time zone, UTC when it is not known."""
        from datetime import UTC
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return ZoneInfo(self.system.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @cached_property
    def preferences_file(self) -> PreferencesFile:
        """The preferences of the app."""
        from codexbar_qt.core.preferences_file import PreferencesFile

        return PreferencesFile(self.location.settings_path, os.environ.get, self.clock.now, self.calls)

    @cached_property
    def registry(self) -> Registry:
        """The providers. Those that could not be loaded are in the log."""
        from codexbar_qt.core.registry import load_registry

        approvals = self.preferences_file.load().approved_plugins
        found = load_registry(self.location.path.with_name("providers"), approvals)
        for failure in found.failures:
            _log.warning("The provider %s was left out: %s", failure.origin, failure.message)
        return found

    @cached_property
    def config_file(self) -> ConfigFile:
        """The config."""
        from codexbar_qt.core.config_file import ConfigFile

        return ConfigFile(self.location, self.registry.providers, self.clock.now, self.calls)

    @cached_property
    def machine(self) -> Machine:
        """What fetches see of this machine."""
        from codexbar_qt.bootstrap.live_contexts import Machine

        return Machine(self.env, self.clock, self.platform, self._home, self.system)

    @cached_property
    def browsers(self) -> BrowserSessions:
        """The browsers, and the sessions that are kept."""
        from codexbar_qt.bootstrap.browsers import build_browsers

        return build_browsers(
            self.machine, self.preferences_file, self.calls, "app" if self._keeps_programs else "command line"
        )

    @cached_property
    def live(self) -> Live:
        """The contexts of fetches, with the network and the programs behind them."""
        from codexbar_qt.bootstrap.live_contexts import build_live

        return build_live(
            self.machine,
            self.config_file,
            lambda: self.preferences_file.current,
            self.browsers,
            keeps_programs=self._keeps_programs,
        )

    @property
    def contexts(self) -> LiveContexts:
        """Makes the ports of a fetch."""
        return self.live.contexts

    @cached_property
    def cost(self) -> CostLogs:
        """The logs of agents on this machine."""
        from codexbar_qt.bootstrap.cost import build_cost_logs

        return build_cost_logs(self.machine, is_background=self._keeps_programs)

    @cached_property
    def prices(self) -> CostPrices:
        """What tokens cost."""
        from codexbar_qt.bootstrap.cost import build_cost_prices

        def http() -> HttpClient:
            return self.live.contexts.http

        return build_cost_prices(http, self.clock, lambda: self.preferences_file.current, self.calls)

    async def close(self) -> None:
        """End child processes and connections, and save what was read of browsers, as far as there are any."""
        built = self.__dict__
        if "live" in built:
            self.live.stop_processes()
        if "browsers" in built:
            await self.browsers.close()
        if "live" in built:
            await self.live.close_network()
