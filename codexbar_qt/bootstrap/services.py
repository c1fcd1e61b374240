"""Builds the adapters and what both surfaces need of them, for real or for the demo."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.bootstrap.machine_parts import MachineParts
from codexbar_qt.resource_folder import resource_folder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import tzinfo

    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.config_location import ConfigLocation
    from codexbar_qt.core.cost_logs import CostLogs
    from codexbar_qt.core.cost_prices import CostPrices
    from codexbar_qt.core.fetch_service import ContextFactory
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.core.private_file import FileCalls
    from codexbar_qt.core.registry import Registry
    from codexbar_qt.core.session_memory import SessionMemories
    from codexbar_qt.core.snapshot_archive import SnapshotArchive
    from codexbar_qt.demo.contexts import DemoContexts
    from codexbar_qt.provider_api import (
        Clock,
        Env,
        HttpClient,
        Platform,
    )


@dataclass(slots=True)
class Services:
    """Everything both surfaces need, built once a process. `close` ends network and child processes.

    `open_page` shows a page in the person's browser; None for the command line and the demo, which open none. `http`
    is for requests of the app itself, None for the demo; `calls` is how files are made private here.
    """

    env: Env
    clock: Clock
    platform: Platform
    zone: tzinfo
    location: ConfigLocation
    registry: Registry
    config_file: ConfigFile
    preferences_file: PreferencesFile
    contexts: ContextFactory
    browsers: BrowserSessions
    cost: CostLogs
    prices: CostPrices
    archive: SnapshotArchive | None = None
    memories: SessionMemories | None = None
    demo: DemoContexts | None = None
    close_network: Callable[[], Awaitable[None]] | None = None
    reset_network: Callable[[], Awaitable[None]] | None = None
    stop_processes: Callable[[], object] | None = None
    open_page: Callable[[str], Awaitable[bool]] | None = None
    http: HttpClient | None = None
    calls: FileCalls | None = None
    cleanup: list[Callable[[], object]] = field(default_factory=list)

    @property
    def watched_config(self) -> Path:
        """The config file in use."""
        return self.location.path

    async def network_changed(self) -> None:
        """Forget kept connections: after sleep they are dead."""
        if self.reset_network is not None:
            await self.reset_network()

    async def close(self) -> None:
        """End child processes, save what was read of browsers, end connections, then remove what was temporary."""
        if self.stop_processes is not None:
            self.stop_processes()
        await self.browsers.close()
        if self.close_network is not None:
            await self.close_network()
        for step in self.cleanup:
            step()


def build_services(*, keeps_programs: bool = False) -> Services:
    """Build the real thing. Reads disk and environment: call it off the Qt loop.

    With `keeps_programs` (the tray app) a held program outlives the fetch that started it for a while.
    """
    parts = MachineParts(keeps_programs=keeps_programs)
    return Services(
        env=parts.env,
        clock=parts.clock,
        platform=parts.platform,
        zone=parts.zone,
        location=parts.location,
        registry=parts.registry,
        config_file=parts.config_file,
        preferences_file=parts.preferences_file,
        contexts=parts.live.contexts,
        browsers=parts.browsers,
        cost=parts.cost,
        prices=parts.prices,
        archive=_archive(parts.calls),
        memories=parts.live.contexts.memories,
        close_network=parts.live.close_network,
        reset_network=parts.live.reset_network,
        stop_processes=parts.live.stop_processes,
        open_page=parts.live.open_page if keeps_programs else None,
        http=parts.live.contexts.http,
        calls=parts.calls,
    )


def build_demo_services() -> Services:
    """Build the same application over made-up answers, in a private temporary folder that `close` removes."""
    from codexbar_qt.adapters.platform_name import current_platform
    from codexbar_qt.bootstrap.cost import build_demo_prices
    from codexbar_qt.bootstrap.demo_browsers import build_demo_browsers
    from codexbar_qt.core.config_edit import set_enabled
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.config_location import CONFIG_NAME, ConfigLocation
    from codexbar_qt.core.config_normal import raw_entry
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.core.registry import load_registry
    from codexbar_qt.demo.clock import DemoClock
    from codexbar_qt.demo.contexts import DemoContexts
    from codexbar_qt.demo.cost_logs import DemoCostLogs
    from codexbar_qt.demo.environment import EmptyEnv

    folder = Path(tempfile.mkdtemp(prefix="codexbar-demo-"))
    clock, env, registry = DemoClock(), EmptyEnv(), load_registry()
    location = ConfigLocation(folder / CONFIG_NAME)
    demo = DemoContexts(resource_folder() / "demo", clock)
    config_file = ConfigFile(location, registry.providers, clock.now)
    known = {provider.id: provider for provider in registry.providers}

    def enable_all(root: dict[str, object]) -> None:
        for name in demo.provider_ids():
            if name in known:
                set_enabled(root, name, True)
                raw_entry(root, name).update(demo.stored_scopes(known[name]))

    config_file.update(enable_all)
    preferences_file = PreferencesFile(location.settings_path, env.get, clock.now)
    preferences_file.settle()  # as in a new install, whatever is shown beyond that
    preferences_file.update({"token_cost_usage_enabled": True})
    return Services(
        env=env,
        clock=clock,
        platform=current_platform(),
        zone=UTC,
        location=location,
        registry=registry,
        config_file=config_file,
        preferences_file=preferences_file,
        contexts=demo,
        browsers=build_demo_browsers(clock, env, preferences_file),
        cost=DemoCostLogs(clock),
        prices=build_demo_prices(folder, clock),
        demo=demo,
        cleanup=[lambda: shutil.rmtree(folder, ignore_errors=True)],
    )


def _archive(calls: FileCalls) -> SnapshotArchive:
    from codexbar_qt.bootstrap.places import cache_folder
    from codexbar_qt.core.snapshot_archive import SnapshotArchive

    return SnapshotArchive(cache_folder() / "snapshots.json", calls)
