"""Drives the running app from inside: opens the popup, refreshes, and times both on the app's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import sys
import threading
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codexbar_qt.provider_api import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.core.session import AppSession
    from codexbar_qt.cost.values import ScanResult
    from codexbar_qt.demo.contexts import DemoContexts
    from codexbar_qt.provider_api import Provider
    from codexbar_qt.ui.surfaces import Surfaces

    Say = Callable[..., None]

_BEAT = 0.001
_POLL = 0.05
_PATIENCE = 30.0


def replace_selftest(say: Say) -> None:
    """Let the app talk with the benchmark where it would run its self-test; the self-test is never imported."""

    async def converse(session: AppSession, surfaces: Surfaces, *_: object) -> int:
        conversation = Conversation(session, surfaces)
        say("ready", providers=[provider.id for provider in session.enabled()])
        words: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def listen() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(words.put_nowait, line.strip())
            loop.call_soon_threadsafe(words.put_nowait, "quit")

        threading.Thread(target=listen, daemon=True).start()
        while (command := await words.get()) != "quit":
            say("done", **await conversation.obey(command))
        return 0

    stand_in = types.ModuleType("codexbar_qt.ui.selftest")
    stand_in.__dict__["run_selftest"] = converse
    sys.modules[stand_in.__name__] = stand_in


class Heartbeat:
    """A task that wants to run every millisecond; `gaps` are the times it was kept from it, in ms."""

    def __init__(self) -> None:
        self.gaps = [0.0]
        self._task = asyncio.ensure_future(self._beat())

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            await asyncio.sleep(_BEAT)
            now = loop.time()
            self.gaps.append((now - last - _BEAT) * 1000)
            last = now

    async def stop(self) -> float:
        """End it and return the longest gap."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        return max(self.gaps)


class Conversation:
    """The commands: `settle`, `open`, `close`, `beat SECONDS`, `refresh [ID]`, `scan FOLDER`."""

    def __init__(self, session: AppSession, surfaces: Surfaces) -> None:
        self._session = session
        self._surfaces = surfaces

    async def obey(self, command: str) -> dict[str, Any]:
        """Carry out one command and return what was measured."""
        name, _, argument = command.partition(" ")
        if name == "settle":
            return await self._settle()
        if name == "open":
            return {"ms": await self._open()}
        if name == "close":
            self._surfaces.popup.hide()
            return {}
        if name == "beat":
            heart = Heartbeat()
            await asyncio.sleep(float(argument))
            return {"stall_ms": await heart.stop(), "gaps": heart.gaps}
        if name == "refresh":
            return await self._refresh(argument or None)
        if name == "scan":
            return await self._scan(Path(argument))
        raise ValueError(command)

    async def _settle(self) -> dict[str, Any]:
        """Wait until everything has been fetched once; say what failed."""
        states = [self._session.state(provider.id) for provider in self._session.enabled()]
        async with asyncio.timeout(_PATIENCE):
            while any(state.refreshing or state.never_fetched for state in states):
                await asyncio.sleep(0.05)
                states = [self._session.state(provider.id) for provider in self._session.enabled()]
        failed = [state.last_failure for state in states]
        return {"failed": [type(error).__name__ for error in failed if error is not None]}

    async def _open(self) -> float:
        loop = asyncio.get_running_loop()
        framed: asyncio.Future[float] = loop.create_future()

        def on_frame() -> None:
            if not framed.done():
                framed.set_result(loop.time())

        popup = self._surfaces.popup
        popup.firstFrame.connect(on_frame)
        started = loop.time()
        popup.show_at(None)
        async with asyncio.timeout(_PATIENCE):
            shown = await framed
        popup.firstFrame.disconnect(on_frame)
        return (shown - started) * 1000

    async def _refresh(self, provider_id: str | None) -> dict[str, Any]:
        """Refresh as a person does and wait for the outcome."""
        wanted = [provider_id] if provider_id else [provider.id for provider in self._session.enabled()]
        # A service that has said when to come back is not asked before that, by nobody.
        waiting = {name for name in wanted if not isinstance(self._session.state(name).last_failure, RateLimited)}
        done = asyncio.Event()

        def on_change(key: Any) -> None:
            if not self._session.store.get(key).refreshing:
                waiting.discard(key.provider_id)
                if not waiting:
                    done.set()

        loop = asyncio.get_running_loop()
        unsubscribe = self._session.store.subscribe(on_change)
        heart = Heartbeat()
        started = loop.time()
        self._session.refresh(provider_id)
        async with asyncio.timeout(_PATIENCE):
            await done.wait()
        took = loop.time() - started
        unsubscribe()
        return {"ms": took * 1000, "stall_ms": await heart.stop()}

    async def _scan(self, folder: Path) -> dict[str, Any]:
        """Switch cost on over the logs of a folder that nobody has read yet, and wait until the card shows it."""
        costs, told = self._session.costs, 0
        with _logs_of(folder):
            await self._session.edit_preferences({"token_cost_usage_enabled": False})
            heart = Heartbeat()
            await self._session.edit_preferences({"token_cost_usage_enabled": True})
            while costs.state.is_scanning:
                told = max(told, costs.state.progress.bytes_done if costs.state.progress else 0)
                await asyncio.sleep(_POLL)
            await heart.stop()
        if costs.state.error or not told or not any(report.requests for report in costs.state.reports):
            raise RuntimeError(costs.state.error or "the scan has read nothing")
        return {"gaps": heart.gaps}


@contextlib.contextmanager
def _logs_of(folder: Path) -> Generator[None, None, None]:
    """Let the demo read real logs, as the app does in the background."""
    from unittest import mock

    from codexbar_qt.adapters.cost_worker import WorkerCostLogs, WorkerPlace
    from codexbar_qt.cost.places import Places
    from codexbar_qt.demo.cost_logs import DemoCostLogs

    places = Places("linux", str(folder), {"CLAUDE_CONFIG_DIR": str(folder)})
    logs = WorkerCostLogs(WorkerPlace(lambda: places, folder / "state", lambda: os.environ, is_background=True))

    async def scan(_: DemoCostLogs, **wishes: Any) -> ScanResult:
        return await logs.scan(**{**wishes, "refresh": True})

    with mock.patch.object(DemoCostLogs, "scan", scan):
        yield


def clone_demo_providers(wanted: int) -> None:
    """Make the demo believe that there are `wanted` providers: the known ones again, under further names."""
    from unittest import mock

    from codexbar_qt.core import registry
    from codexbar_qt.demo.contexts import DemoContexts

    load, context, known_ids = registry.load_registry, DemoContexts.context, DemoContexts.provider_ids
    originals: dict[str, Provider] = {}

    def load_more(*arguments: Any) -> registry.Registry:
        found = load(*arguments)
        for turn in range(wanted - len(found.providers)):
            original = found.providers[turn % len(found.providers)]
            originals[f"{original.id}-{turn}"] = original
        clones = [_clone(original, name) for name, original in originals.items()]
        return dataclasses.replace(found, providers=(*found.providers, *clones))

    def clone_context(self: DemoContexts, request: FetchRequest) -> Any:
        provider = request.provider
        return context(self, dataclasses.replace(request, provider=originals.get(provider.id, provider)))

    mock.patch.object(registry, "load_registry", load_more).start()
    mock.patch.object(DemoContexts, "context", clone_context).start()
    mock.patch.object(DemoContexts, "provider_ids", lambda self: (*known_ids(self), *originals)).start()


def _clone(provider: Provider, name: str) -> Provider:
    known = provider.descriptor
    descriptor = dataclasses.replace(known, id=name, name=f"{known.name} 2", aliases=(), icon=known.icon or known.id)
    return dataclasses.replace(provider, descriptor=descriptor)
