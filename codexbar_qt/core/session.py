"""The running application behind its surfaces: what is read (session_view) and every intent of people and system."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from codexbar_qt.core.app_config import changed_ids
from codexbar_qt.core.cadence import ADAPTIVE, MANUAL, Cadence
from codexbar_qt.core.config_errors import ConfigError
from codexbar_qt.core.config_scopes import store_found_scopes
from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.core.keepalive import Keepalives
from codexbar_qt.core.listeners import Listeners
from codexbar_qt.core.scope_fields import found_sentence, scopes_setting
from codexbar_qt.core.session_browsers import SessionBrowsers, SessionHands
from codexbar_qt.core.session_keeper import KeepaliveHands
from codexbar_qt.core.session_view import SessionParts, SessionView
from codexbar_qt.core.snapshot_archive import archived, restore
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.provider_api import InvalidSetting, ProviderError, Source
from codexbar_qt.provider_api.resolution import find_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from codexbar_qt.core.account import AccountKey, AccountState
    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
    from codexbar_qt.core.credential_store import Rotation
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.scheduler import FetchOnce
    from codexbar_qt.provider_api import Choice, FetchContext, Keepalive, Provider

_Result = TypeVar("_Result")
_POPUP_REFRESH_DELAY = 1.2
_SAVE_DELAY = 5.0
_log = logging.getLogger(__name__)


class AppSession(SessionView):
    """Lives on one event loop. Changes of config and preferences reach subscribers; numbers go through the store."""

    def __init__(self, parts: SessionParts, config: AppConfig, preferences: Preferences) -> None:
        super().__init__(parts, config, preferences)
        self._subscribers = Listeners(_log, "A view of the settings broke")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._saving: asyncio.Task[Any] | None = None
        self._looking: asyncio.Task[Any] | None = None
        self._rotations: list[Rotation] = []
        self._constrained = False
        self._knows_archive = False
        self._browsers = SessionBrowsers(parts.browsers, self._hands())
        self._keepalives = Keepalives(self._keepalive_hands())
        parts.scheduler.on_batch(self._costs.after_batch)
        self._listeners: list[Callable[[str, str], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change of config or preferences until the returned function is called."""
        return self._subscribers.add(callback)

    def on_notice(self, callback: Callable[[str, str], None]) -> Callable[[], None]:
        """Call `callback` with title and text of what people should see now, until the returned function is called."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def refresh(self, provider_id: str | None = None) -> None:
        """Fetch now on behalf of a person; returns at once."""
        self._parts.scheduler.refresh(None if provider_id is None else self.keys(provider_id))
        if provider_id is None or cost_source(provider_id) is not None:
            self._costs.refresh()

    def popup_opened(self) -> None:
        """The popup was opened: the cadence shortens, and after a moment what is missing is fetched."""
        self._parts.scheduler.popup_opened()
        self._costs.look()
        if self._looking is None or self._looking.done():
            self._looking = self._spawn(self._refresh_missing())

    def pause(self) -> None:
        """Nobody can be looking: no automatic fetch until `resumed`."""
        self._parts.scheduler.pause()
        self._costs.set_paused(True)
        self._updates.set_paused(True)
        self._keepalives.set_paused(True)

    def resumed(self) -> None:
        """The machine woke up."""
        self._parts.scheduler.resumed()
        self._costs.set_paused(False)
        self._updates.set_paused(False)
        self._keepalives.set_paused(False)

    def set_constrained(self, constrained: bool) -> None:
        """Power is short, or no longer: counts when the low-power preference is automatic."""
        self._constrained = constrained
        self._apply_cadence()

    async def run(self) -> None:
        """Show what an earlier run knew, then fetch and keep fetching until cancelled."""
        await self._prepare()
        unsubscribe = self.store.subscribe(self._on_account)
        self._updates.start()
        if not self.is_demo:
            self._keepalives.start(self._keepalive_plans())
        try:
            await self._parts.scheduler.run()
        finally:
            unsubscribe()

    async def fetch_once(self) -> None:
        """Fetch everything that is on, once, and wait for it."""
        await self._prepare()
        await self._parts.scheduler.refresh_and_wait(reason="timer")

    async def _prepare(self) -> None:
        archive = self._parts.archive
        saved = () if archive is None else await asyncio.to_thread(archive.load)
        accounts = self._accounts()
        restore(self.store, saved, frozenset(accounts))
        self._knows_archive = True
        self._apply_cadence()
        self._parts.scheduler.apply(accounts, ())

    async def close(self) -> None:
        """Finish edits, stop fetching, save the last good snapshots; at most a few seconds."""
        pending = [task for task in self._tasks if not task.done()]
        for task in pending:
            if task.get_name() != "edit":
                task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=2.0)
        await self._keepalives.close()
        await self._costs.close()
        await self._updates.close()
        await self._parts.scheduler.close()
        await self._save_archive()

    async def edit_config(self, edit: Callable[[dict[str, object]], None]) -> str:
        """Change the config file; returns "" or one sentence that says why nothing was saved."""
        return await self._edit(self._change_config(lambda: self._parts.config_file.update(edit)))

    async def rotate(self, rotation: Rotation) -> bool:
        """Store a secret that a fetch renewed; whether it was stored. The fetch goes on, its data stays trusted."""
        return not await self._edit(self._rotate(rotation))

    async def restore_default_config(self) -> str:
        """Write the config of a new install, keeping the old file beside it; returns "" or one sentence."""
        return await self._edit(self._change_config(self._parts.config_file.restore_defaults))

    async def reload_config(self) -> None:
        """Take a change made outside; a file that cannot be read keeps the last good values and shows a problem."""
        if not await asyncio.to_thread(self._parts.config_file.is_own_write):
            self._take_config(await asyncio.to_thread(self._parts.config_file.load))

    def environment_changed(self) -> None:
        """The `env` file beside the config changed: everything is tried anew."""
        accounts = self._accounts()
        self._forget_sessions(self._providers)
        self._parts.scheduler.apply(accounts, accounts)
        self._keepalives.apply(self._keepalive_plans(), tuple(self._providers))

    async def edit_preferences(self, changes: Mapping[str, object]) -> str:
        """Change preferences; returns "" or one sentence that says why nothing was saved."""
        return await self._edit(self._change_preferences(changes))

    async def run_action(self, provider_id: str, action_id: str, progress: Callable[[str], None]) -> str:
        """Run a button of a provider's page; returns the closing sentence. Raises ProviderError for any failure."""
        provider = self._providers[provider_id]
        action = {item.id: item for item in provider.actions}[action_id]
        try:
            async with self._keepalives.around(provider, action_id):
                told = await action.run(self._context(provider), progress)
        except ProviderError:
            raise
        except Exception as error:
            raise self._parts.service.unexpected(provider, error) from None
        if action.refreshes:
            self.refresh(provider_id)
        return told

    async def discover_choices(self, provider_id: str, key: str) -> tuple[Choice, ...]:
        """Return the entries of a picker that exist only on this machine."""
        provider = self._providers[provider_id]
        setting = find_setting(provider.descriptor, key)
        discover = getattr(setting, "discover", None)
        if discover is None:
            return ()
        try:
            found: tuple[Choice, ...] = await discover(self._context(provider))
        except ProviderError:
            return ()
        except Exception as error:
            self._parts.service.unexpected(provider, error)
            return ()
        return found

    async def locate_secret(self, provider_id: str, key: str) -> str:
        """Return the place of a credential that the provider finds by itself, "" for none."""
        provider = self._providers[provider_id]
        locate = getattr(find_setting(provider.descriptor, key), "locate", None)
        if locate is None:
            return ""
        try:
            place: str = await locate(self._context(provider))
        except ProviderError:
            return ""
        except Exception as error:
            self._parts.service.unexpected(provider, error)
            return ""
        return place

    async def find_scopes(self, provider_id: str) -> str:
        """Ask a service for the parts of the account and store them; returns one sentence about what was found.

        Those that are gone are switched off. Raises ProviderError when nothing was stored, with the sentence why.
        """
        provider, entry = self._providers[provider_id], self._config.entry(provider_id)
        setting = scopes_setting(provider.descriptor)
        if setting is None:
            raise InvalidSetting(f"{provider.descriptor.name} has nothing to look for.")
        try:
            found = await setting.find(self._context(provider), entry.source)
        except ProviderError:
            raise
        except Exception as error:
            raise self._parts.service.unexpected(provider, error) from None
        if changed_ids(replace(self._config, entries=(entry,)), self._config) & {provider_id}:
            raise InvalidSetting("The settings of the account changed meanwhile. Refresh the list again.")
        complaint = await self.edit_config(lambda root: store_found_scopes(root, provider_id, setting, found))
        if complaint:
            raise InvalidSetting(complaint, setting=setting.known_key)
        return found_sentence(setting, entry, self._config.entry(provider_id))

    def ledger(self) -> tuple[AccessRecord, ...]:
        """Return the secret sources of browsers that were read, the latest first; subscribers hear of new ones."""
        return self._browsers.ledger()

    def browsers(self) -> tuple[BrowserAccess, ...]:
        """Return the browsers of this system in the default order; subscribers hear when one is found."""
        return self._browsers.browsers()

    async def set_browser_access(self, browser_id: str, allowed: bool) -> str:
        """Allow or refuse to read a browser; returns "" or one sentence. Who waited for it is fetched again."""
        return await self._browsers.set_access(browser_id, allowed)

    def cached_session(self, provider_id: str) -> CachedSession | None:
        """Return the session kept for a provider as last looked up; looks again, and subscribers hear of changes."""
        return self._browsers.cached(provider_id)

    async def forget_session(self, provider_id: str) -> str:
        """Remove the session kept for a provider; may ask to unlock the keyring. Returns "" or one sentence."""
        self._keepalives.sign_out(provider_id)
        complaint = await self._browsers.forget(provider_id)
        return await self._forget_own(self._providers[provider_id]) or complaint

    async def import_session(self, provider_id: str) -> str:
        """Take a session out of a browser now, asking people at most once. Returns one sentence of what came of it."""
        self._keepalives.restart(provider_id)
        return await self._browsers.import_now(provider_id)

    async def check_start_at_login(self) -> None:
        """Take up whether the system starts the app at login: installers and the system's settings switch it, too."""
        item = self._parts.login_item
        on = self._preferences.start_at_login if item is None else await asyncio.to_thread(item.is_on)
        if on != self._preferences.start_at_login:
            await self.edit_preferences({"start_at_login": on})

    async def set_start_at_login(self, on: bool) -> str:
        """Start the app at login or not; returns "" or one sentence."""
        item = self._parts.login_item
        if item is None:
            return "Start at login is not available in demo mode."
        complaint = await asyncio.to_thread(item.set_on, on)
        return complaint or await self.edit_preferences({"start_at_login": on})

    async def _forget_own(self, provider: Provider) -> str:
        """Let a provider remove the sessions it stores itself; returns "" or one sentence."""
        if provider.forget is None:
            return ""
        try:
            await provider.forget(self._context(provider))
        except ProviderError as error:
            return error.message
        except Exception as error:
            return self._parts.service.unexpected(provider, error).message
        return ""

    def _keepalive_hands(self) -> KeepaliveHands:
        parts = self._parts
        return KeepaliveHands(
            clock=parts.clock,
            context=lambda name: parts.contexts.context(self._request(self.active_key(name))),
            state=self.state,
            refresh=lambda name: parts.scheduler.refresh(self.keys(name), reason="renewed"),
            tell=self._tell,
            open_page=parts.open_page or _open_nothing,
        )

    def _keepalive_plans(self) -> dict[str, Keepalive]:
        """Return the sessions that the chosen usage sources need."""
        found: dict[str, Keepalive] = {}
        for provider in self.enabled():
            plan = provider.keepalive
            if plan is not None and self._config.entry(provider.id).source in (Source.AUTO, plan.source):
                found[provider.id] = plan
        return found

    def _on_account(self, key: AccountKey) -> None:
        self._save_soon()
        if key == self.active_key(key.provider_id):
            self._keepalives.fetched(key)

    def _tell(self, provider_id: str, text: str) -> None:
        _log.info("%s: %s", provider_id, text)
        for listener in tuple(self._listeners):
            try:
                listener(self._providers[provider_id].descriptor.name, text)
            except Exception as error:
                log_fault(_log, "A view of notices broke", error)

    def _hands(self) -> SessionHands:
        return SessionHands(
            request=lambda name: self._request(self.active_key(name)),
            context=self._parts.contexts.context,
            fetch=self._parts.service.fetch,
            edit_preferences=self.edit_preferences,
            refresh=self.refresh,
            notify=self._notify,
            spawn=self._spawn,
            clock=self.clock,
        )

    def _context(self, provider: Provider) -> FetchContext:
        request = replace(self._request(self.active_key(provider.id)), interactive=True)
        return self._parts.contexts.context(request)

    def _accounts(self) -> dict[AccountKey, FetchOnce]:
        return {key: self._fetch_once(key) for provider in self.enabled() for key in self.keys(provider.id)}

    def _fetch_once(self, key: AccountKey) -> FetchOnce:
        # Asked for when it is due, not before: a renewed credential changes the entry of a fetch that stays scheduled.
        return lambda interactive: self._parts.service.fetch(replace(self._request(key), interactive=interactive))

    def _request(self, key: AccountKey) -> FetchRequest:
        entry = self._config.entry(key.provider_id)
        return FetchRequest(
            self._providers[key.provider_id],
            entry,
            entry.account,
            next((scope for scope in entry.scopes if scope.id == key.scope_id), None),
            is_named=entry.enabled,
            writer=self,
            part_name=self._part_name(key),
        )

    async def _edit(self, work: Coroutine[Any, Any, None]) -> str:
        # A caller that goes away must not leave the file changed and the memory unchanged.
        return await asyncio.shield(self._spawn(_complaint_of(work), name="edit"))

    async def _change_config(self, change: Callable[[], AppConfig]) -> None:
        self._take_config(await asyncio.to_thread(change))

    async def _rotate(self, rotation: Rotation) -> None:
        # Known before it is written: another edit may bring the file with the new secret here first.
        self._rotations.append(rotation)
        try:
            await self._change_config(lambda: self._parts.config_file.update(rotation.change, strict=True))
        finally:
            self._rotations.remove(rotation)

    async def _change_preferences(self, changes: Mapping[str, object]) -> None:
        hidden = self._preferences.hide_personal_info
        await asyncio.to_thread(self._parts.preferences_file.update, changes)
        # Of two edits at once the later one counts, whichever is heard of first.
        self._preferences = self._parts.preferences_file.current
        if self._preferences.hide_personal_info != hidden:
            self._save_soon()
        self._apply_cadence()
        self._costs.apply()
        self._updates.apply()
        self._notify()

    def _take_config(self, config: AppConfig) -> None:
        if config.revision < self._config.revision:
            return
        changed, before = self._changed_ids(config), self._config
        self._config = config
        self._forget_sessions(changed)
        self._browsers.config_changed(before, config, changed)
        accounts = self._accounts()
        renewed = [key for key in accounts if key.provider_id in changed]
        for key in renewed:
            self.store.distrust(key)
        self._parts.scheduler.apply(accounts, renewed)
        self._keepalives.apply(self._keepalive_plans(), changed)
        self._costs.apply()
        self._notify()

    def _changed_ids(self, config: AppConfig) -> frozenset[str]:
        before, changed = self._config, changed_ids(self._config, config)
        for rotation in self._rotations:
            before = rotation.applied_to(before)
            changed &= changed_ids(before, config)
        return changed

    def _forget_sessions(self, provider_ids: Iterable[str]) -> None:
        if self._parts.memories is not None:
            for name in provider_ids:
                self._parts.memories.forget(name)

    def _apply_cadence(self) -> None:
        prefs = self._preferences
        low = prefs.low_power_mode == "on" or (prefs.low_power_mode == "automatic" and self._constrained)
        minutes = prefs.refresh_minutes
        choice = ADAPTIVE if prefs.is_adaptive else MANUAL if minutes is None else str(minutes)
        self._parts.scheduler.set_cadence(Cadence(choice, constrained=low))

    def _notify(self) -> None:
        self._subscribers.tell()

    async def _refresh_missing(self) -> None:
        await self.clock.sleep(_POPUP_REFRESH_DELAY)
        keys = [key for provider in self.enabled() for key in self.keys(provider.id)]
        if self._preferences.refresh_when_menu_opens:
            await self._parts.scheduler.refresh_and_wait(keys, reason="popup")
            return
        for key in keys:
            if _is_wanting(self.store.get(key)):
                await self._parts.scheduler.refresh_and_wait([key], reason="popup")

    def _save_soon(self) -> None:
        if self._parts.archive is not None and (self._saving is None or self._saving.done()):
            self._saving = self._spawn(self._save_later())

    async def _save_later(self) -> None:
        await self.clock.sleep(_SAVE_DELAY)
        self._saving = None
        await self._save_archive()

    async def _save_archive(self) -> None:
        archive = self._parts.archive
        # Before it was read, there is nothing to put in the place of what an earlier run knew.
        if archive is not None and self._knows_archive:
            accounts = archived(self.store, hide_personal_info=self._preferences.hide_personal_info)
            await asyncio.to_thread(archive.save, accounts)

    def _spawn(self, work: Coroutine[Any, Any, _Result], name: str = "") -> asyncio.Task[_Result]:
        task = asyncio.get_running_loop().create_task(work, name=name or None)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _open_nothing(_url: str) -> bool:
    return False


def _is_wanting(state: AccountState) -> bool:
    return state.never_fetched or state.error is not None or state.refreshing


async def _complaint_of(work: Coroutine[Any, Any, None]) -> str:
    try:
        await work
    except ConfigError as error:
        return error.message
    except Exception as error:
        log_fault(_log, "A change of the settings broke", error)
        return "The change could not be made because of an internal error. Report it with the log from Settings."
    return ""
