"""Wires the browsers of this machine: the reader, the kept sessions, consent, cool-down and ledger."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.bootstrap.live_contexts import Machine
    from codexbar_qt.core.browser_obstacles import Surface
    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.ports import SecretStore
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.core.private_file import FileCalls

LEDGER_NAME = "access-ledger.json"
DENIAL_NAME = "browser-denial.json"


def build_browsers(
    machine: Machine, preferences_file: PreferencesFile, calls: FileCalls, surface: Surface
) -> BrowserSessions:
    """Return the browsers as all fetches share them. Nothing is read yet but the preferences."""
    from codexbar_qt.adapters.browser_cookies.place import Place
    from codexbar_qt.adapters.browser_reader import SystemBrowserReader
    from codexbar_qt.bootstrap.places import cache_folder
    from codexbar_qt.core.access_ledger import AccessLedger
    from codexbar_qt.core.browser_consent import BrowserConsent
    from codexbar_qt.core.browser_sessions import BrowserParts, BrowserSessions
    from codexbar_qt.core.cookie_cache import CookieCache, cache_service
    from codexbar_qt.core.cookie_cache_files import CookieCacheFiles
    from codexbar_qt.core.denial_cooldown import DenialCooldown

    folder, clock, env = cache_folder(), machine.clock, machine.env
    place = Place(machine.platform, machine.home, env.get, program=Path(sys.executable))
    store = open_secret_store(preferences_file)
    return BrowserSessions(
        BrowserParts(
            reader=SystemBrowserReader(place),
            cache=CookieCache(store, cache_service(machine.platform), clock, CookieCacheFiles(folder, calls)),
            ledger=AccessLedger(folder / LEDGER_NAME, calls),
            cooldown=DenialCooldown(clock, folder / DENIAL_NAME, calls),
            consent=BrowserConsent(lambda: preferences_file.current, env, preferences_file.load),
            clock=clock,
            surface=surface,
            keyring_allowed=(env.get("CODEXBAR_DISABLE_KEYCHAIN_ACCESS") or "0") in ("0", "false"),
        )
    )


def open_secret_store(preferences_file: PreferencesFile) -> SecretStore:
    """Return the system's keyring, or the private file where people chose that instead."""
    if not preferences_file.current.keyring_fallback_file:
        from codexbar_qt.adapters.secret_store import KeyringStore

        return KeyringStore(os.environ)
    from codexbar_qt.adapters.secret_file_store import PrivateFileStore
    from codexbar_qt.bootstrap.places import data_folder

    return PrivateFileStore(data_folder() / "secrets.json")
