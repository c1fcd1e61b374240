"""Builds the application behind the surfaces out of services."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.bootstrap.services import Services
    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.session import AppSession
    from codexbar_qt.demo.contexts import DemoContexts


async def build_session(services: Services, *, is_resident: bool = False) -> AppSession:
    """Build the application behind the surfaces. Call it on the loop it will live on.

    Only the tray app that stays (`is_resident`) looks for newer versions and cares for its start at login.
    """
    from codexbar_qt.bootstrap.cost import build_cost_parts
    from codexbar_qt.bootstrap.demo_browsers import show_access
    from codexbar_qt.bootstrap.desktop import build_login_item, renew_login_item
    from codexbar_qt.bootstrap.updates import build_update_parts
    from codexbar_qt.core.cadence import Cadence
    from codexbar_qt.core.fetch_service import FetchService
    from codexbar_qt.core.scheduler import RefreshScheduler
    from codexbar_qt.core.session import AppSession
    from codexbar_qt.core.session_view import SessionParts
    from codexbar_qt.core.store import SnapshotStore

    config, preferences = await asyncio.to_thread(_read_both, services)
    store = SnapshotStore()
    parts = SessionParts(
        registry=services.registry,
        config_file=services.config_file,
        preferences_file=services.preferences_file,
        store=store,
        scheduler=RefreshScheduler(store, services.clock, Cadence()),
        service=FetchService(services.contexts),
        contexts=services.contexts,
        clock=services.clock,
        env=services.env,
        zone=services.zone,
        archive=services.archive,
        memories=services.memories,
        browsers=services.browsers,
        open_page=services.open_page,
        costs=build_cost_parts(services),
        updates=await asyncio.to_thread(partial(build_update_parts, services, is_resident=is_resident)),
        login_item=None if services.demo is not None else build_login_item(services.platform),
        is_demo=services.demo is not None,
    )
    if is_resident and services.demo is None:
        await asyncio.to_thread(renew_login_item, services.platform)
    session = AppSession(parts, config, preferences)
    if services.demo is not None:
        await _show_earlier(session, services.demo)
        await show_access(services.browsers, services.preferences_file, session.enabled())
    return session


def _read_both(services: Services) -> tuple[AppConfig, Preferences]:
    from codexbar_qt.core.config_errors import ConfigError

    try:
        preferences = services.preferences_file.settle()
    except ConfigError:
        # A place that cannot be written says so when somebody changes a setting.
        preferences = services.preferences_file.load()
    return services.config_file.load(), preferences


async def _show_earlier(session: AppSession, demo: DemoContexts) -> None:
    for provider in session.enabled():
        seen = await demo.earlier(provider)
        if seen is not None and seen.snapshot is not None:
            session.store.restore(session.active_key(provider.id), seen.snapshot, seen.source)
