"""Makes the ports of fetches out of the real adapters."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt import __version__

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.credential_store import ConfigWriter
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.session_memory import SessionMemories
    from codexbar_qt.provider_api import (
        Clock,
        Desktop,
        Env,
        FetchContext,
        HomeFiles,
        HttpClient,
        Platform,
        ProcessRunner,
        ProcessTable,
        SystemInfo,
    )

USER_AGENT = f"CodexBar/{__version__}"


@dataclass(frozen=True, slots=True)
class LoggerNotes:
    """The NoteLog port: remarks of a provider go to its own logger."""

    logger: logging.Logger

    def debug(self, message: str) -> None:
        """Write a remark."""
        self.logger.debug("%s", message)


@dataclass(frozen=True, slots=True)
class LiveContexts:
    """Builds fetch contexts over the real adapters.

    `preferences` gives those in force; `writer` takes what a request without one of its own saves.
    """

    http: HttpClient
    processes: ProcessRunner
    process_table: ProcessTable
    files: HomeFiles
    desktop: Desktop
    env: Env
    clock: Clock
    system: SystemInfo
    preferences: Callable[[], Preferences]
    memories: SessionMemories
    browsers: BrowserSessions
    writer: ConfigWriter

    def context(self, request: FetchRequest) -> FetchContext:
        """Return the ports of one fetch."""
        from codexbar_qt.core.credential_store import ConfigCredentialStore
        from codexbar_qt.core.credentials import account_env, fetch_values, selected_account
        from codexbar_qt.provider_api import FetchContext
        from codexbar_qt.provider_api.resolution import ResolvedCredentials, ResolvedSettings

        descriptor, account, scope = request.provider.descriptor, request.account, request.scope
        stored = self.preferences().provider_values(descriptor)
        values = fetch_values(descriptor, request.entry, self.env, stored, account, is_named=request.is_named)
        store = ConfigCredentialStore(request, request.writer or self.writer, self.clock.now)
        browsers = self.browsers.of(descriptor.id, request.importing)
        return FetchContext(
            http=self.http,
            cookies=browsers,
            storage=browsers,
            credentials=ResolvedCredentials(values, store),
            settings=ResolvedSettings(values),
            processes=self.processes,
            process_table=self.process_table,
            files=self.files,
            env=account_env(descriptor, self.env, account),
            clock=self.clock,
            memory=self.memories.of(descriptor.id, account.id if account else "", scope.id if scope else ""),
            desktop=self.desktop,
            log=LoggerNotes(logging.getLogger(f"codexbar_qt.providers.{descriptor.id}")),
            system=self.system,
            account=selected_account(account),
            scope=scope,
            interactive=request.interactive,
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """What fetches see of this machine beside its programs and its network."""

    env: Env
    clock: Clock
    platform: Platform
    home: Path
    system: SystemInfo


@dataclass(frozen=True, slots=True)
class Live:
    """The contexts, and what ends or renews the connections and programs behind them."""

    contexts: LiveContexts
    close_network: Callable[[], Awaitable[None]]
    reset_network: Callable[[], Awaitable[None]]
    stop_processes: Callable[[], object]
    open_page: Callable[[str], Awaitable[bool]]


def build_live(
    machine: Machine,
    config_file: ConfigFile,
    preferences: Callable[[], Preferences],
    browsers: BrowserSessions,
    *,
    keeps_programs: bool,
) -> Live:
    """Build the adapters. With `keeps_programs` a held program outlives the fetch that started it for a while."""
    from codexbar_qt.adapters.desktop.desktop_port import SystemDesktop
    from codexbar_qt.adapters.home_files import LocalHomeFiles
    from codexbar_qt.adapters.http_client import AiohttpClient
    from codexbar_qt.adapters.process_runner import SupervisedRunner
    from codexbar_qt.adapters.process_table import SystemProcessTable
    from codexbar_qt.core.credential_store import FileConfigWriter
    from codexbar_qt.core.session_memory import SessionMemories

    env, clock, platform, home = machine.env, machine.clock, machine.platform, str(machine.home)
    http = AiohttpClient(env=env.get, now=clock.now, user_agent=USER_AGENT)
    runner = SupervisedRunner(env, home=home, platform=platform, keeps_programs=keeps_programs)
    contexts = LiveContexts(
        http=http,
        processes=runner,
        process_table=SystemProcessTable(platform=platform, own_programs=runner.held_processes),
        files=LocalHomeFiles(home),
        desktop=SystemDesktop(platform=platform, find=runner.find),
        env=env,
        clock=clock,
        system=machine.system,
        preferences=preferences,
        memories=SessionMemories(clock),
        browsers=browsers,
        writer=FileConfigWriter(config_file),
    )

    async def open_page(url: str) -> bool:
        from codexbar_qt.adapters.desktop.browser import open_browser  # seldom needed

        return await open_browser(url, platform=platform, find=runner.find)

    return Live(contexts, http.close, http.reset, runner.shutdown, open_page)
