"""Finds the providers: built-ins, installed packages, approved files of the user. A failure is data, never a crash."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import re
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.core.declared_types import has_declared_types
from codexbar_qt.provider_api import API_VERSION, Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

BUILT_IN_PACKAGE = "codexbar_providers"
ENTRY_POINTS = "codexbar.providers"
LOAD_SECONDS = 10.0
_USER_MODULES = "codexbar_user_providers"
_MAX_PLUGIN_BYTES = 1024 * 1024
_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """A provider that could not be taken. `origin` is a module, a package or a file; `message` one sentence."""

    origin: str
    message: str


@dataclass(frozen=True, slots=True)
class PluginFile:
    """A file in the user's provider folder that waits for approval; `sha256` is of its bytes."""

    path: str
    sha256: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Registry:
    """What was found: providers in catalogue order, and what was not taken."""

    providers: tuple[Provider, ...] = ()
    failures: tuple[LoadFailure, ...] = ()
    waiting: tuple[PluginFile, ...] = ()


def load_registry(user_folder: Path | None = None, approvals: Mapping[str, str] | None = None) -> Registry:
    """Load every provider. The first owner of an id wins; `approvals` maps paths of user files to SHA-256 texts."""
    collected = _Collected()
    for origin, load in (*_built_in(), *_installed(collected)):
        collected.take(origin, load)
    waiting = _user_files(collected, user_folder, approvals or {}) if user_folder else []
    providers = sorted(collected.providers.values(), key=lambda item: (item.descriptor.order, item.id))
    return Registry(tuple(providers), tuple(collected.failures), tuple(waiting))


class _Refused(Exception):
    """A provider cannot be taken; the text is the sentence for people."""


class _Collected:
    def __init__(self) -> None:
        self.providers: dict[str, Provider] = {}
        self.failures: list[LoadFailure] = []

    def take(self, origin: str, load: Callable[[], object]) -> None:
        try:
            self._add(_checked(load()))
        except _Refused as error:
            self.refuse(origin, str(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.refuse(origin, _not_loaded(error))

    def refuse(self, origin: str, message: str) -> None:
        self.failures.append(LoadFailure(origin, message))

    def _add(self, provider: Provider) -> None:
        names = {provider.id, *provider.descriptor.aliases}
        for other in self.providers.values():
            if names & {other.id, *other.descriptor.aliases}:
                raise _Refused(f"Its id or alias is already used by {other.descriptor.name}.")
        self.providers[provider.id] = provider


def _not_loaded(error: BaseException) -> str:
    return f"It could not be loaded ({type(error).__name__}). Update it or remove it."


def _checked(found: object) -> Provider:
    if found is None:
        raise _Refused("It has no PROVIDER.")
    if not isinstance(found, Provider) or not has_declared_types(found):
        raise _Refused("Its PROVIDER is not a Provider of this application.")
    if not _ID.fullmatch(found.id):
        raise _Refused("Its id may hold only small letters, digits and hyphens.")
    if not _COLOR.fullmatch(found.descriptor.color):
        raise _Refused("Its color is not written as #RRGGBB.")
    if not found.strategies:
        raise _Refused("It declares no strategy.")
    return found


def _built_in() -> Iterator[tuple[str, Callable[[], object]]]:
    package = importlib.import_module(BUILT_IN_PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            name = f"{BUILT_IN_PACKAGE}.{module.name}"
            yield name, functools.partial(_load_module, name)


def _installed(collected: _Collected) -> Iterator[tuple[str, Callable[[], object]]]:
    try:
        found = importlib.metadata.entry_points(group=ENTRY_POINTS)
        points = sorted(found, key=lambda point: (point.name, point.value))
    except Exception as error:
        collected.refuse("installed packages", f"They could not be searched ({type(error).__name__}).")
        return
    for point in points:
        yield point.value, functools.partial(_in_time, functools.partial(_load_entry_point, point))


def _load_entry_point(point: importlib.metadata.EntryPoint) -> object:
    _check_version(importlib.import_module(point.module))
    return point.load()


def _load_module(name: str) -> object:
    return _provider_of(importlib.import_module(name))


def _provider_of(module: object) -> object:
    _check_version(module)
    return getattr(module, "PROVIDER", None)


def _check_version(module: object) -> None:
    needed = getattr(module, "API_VERSION", API_VERSION)
    if needed != API_VERSION:
        named = needed if isinstance(needed, int) else "unknown"
        raise _Refused(f"It is made for version {named} of the provider contract; this application has {API_VERSION}.")


def _in_time(load: Callable[[], object]) -> object:
    """Load foreign code in a thread of its own: code that never ends must not keep the other providers waiting."""
    outcome: list[tuple[object, BaseException | None]] = []

    def work() -> None:
        try:
            outcome.append((load(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=work, name="load-provider", daemon=True)
    thread.start()
    thread.join(LOAD_SECONDS)
    if not outcome:
        raise _Refused(f"It was not loaded within {LOAD_SECONDS:g} s.")
    found, error = outcome[0]
    if isinstance(error, KeyboardInterrupt):
        raise _Refused(_not_loaded(error))
    if error is not None:
        raise error
    return found


def _user_files(collected: _Collected, folder: Path, approvals: Mapping[str, str]) -> list[PluginFile]:
    waiting: list[PluginFile] = []
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".py" and path.is_file())
    except FileNotFoundError:
        return waiting
    except OSError:
        collected.refuse(str(folder), "The folder cannot be read. Check its permissions.")
        return waiting
    for path in files:
        try:
            with path.open("rb") as stream:
                source = stream.read(_MAX_PLUGIN_BYTES + 1)
        except OSError:
            collected.refuse(str(path), "The file cannot be read. Check its permissions.")
            continue
        if len(source) > _MAX_PLUGIN_BYTES:
            collected.refuse(str(path), "The file is larger than 1 MB.")
            continue
        digest = hashlib.sha256(source).hexdigest()
        if approvals.get(str(path)) != digest:
            waiting.append(PluginFile(str(path), digest, changed=str(path) in approvals))
            continue
        load = functools.partial(_load_user_file, path, source)
        collected.take(str(path), functools.partial(_in_time, load))
    return waiting


def _load_user_file(path: Path, source: bytes) -> object:
    # The approved bytes themselves are run: a file that changes after the check is never read again.
    name = f"{_USER_MODULES}.{path.stem}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    assert spec is not None  # noqa: S101 - a spec made from a name always exists
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        code = compile(source, str(path), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - approved by path and digest
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return _provider_of(module)
