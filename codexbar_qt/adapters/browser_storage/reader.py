"""Reads the page storage of one browser profile, from private copies, without ever writing to the profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.private_copy import (
    CopyError,
    copy_database,
    copy_folder,
    failure_kind,
)
from codexbar_qt.adapters.browser_storage.chromium_sources import find_chromium_sources
from codexbar_qt.adapters.browser_storage.firefox_storage import find_firefox_sources
from codexbar_qt.adapters.browser_storage.leveldb_manifest import is_database_file
from codexbar_qt.adapters.browser_storage.origin import normalize_hosts
from codexbar_qt.adapters.browser_storage.problem import (
    ProblemKind,
    ReadingStopped,
    StorageProblem,
    StorageUnreadable,
    describe,
)
from codexbar_qt.adapters.browser_storage.reading import MOST_ENTRIES, Reading
from codexbar_qt.adapters.browser_storage.safari_storage import find_safari_sources
from codexbar_qt.provider_api.browser import StorageProfile

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from threading import Event

    from codexbar_qt.adapters.browser_cookies.private_copy import CopyFailure
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile
    from codexbar_qt.adapters.browser_storage.source import StorageSource
    from codexbar_qt.provider_api import Platform
    from codexbar_qt.provider_api.browser import StorageKind, StorageQuery, StoredEntry

LARGEST_STORAGE = 256 * 1024 * 1024
"""Bytes of one database that are copied; a larger one is refused."""


@dataclass(frozen=True, slots=True)
class StorageReading:
    """What reading a profile gave.

    `profile` is None when no entry was found. `problems` are also given beside entries, each kind once. `sources` are
    the paths of the databases that were copied and read, for the access ledger.
    """

    profile: StorageProfile | None
    problems: tuple[StorageProblem, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(slots=True)
class _Visit:
    profile: BrowserProfile
    hosts: tuple[str, ...]
    reading: Reading
    problems: dict[ProblemKind, None] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    entries: list[StoredEntry] = field(default_factory=list)


class BrowserStorageReader:
    """Reads profiles one at a time. Everything blocks, so a caller uses a thread; nothing is kept between calls."""

    def __init__(self, platform: Platform, *, most: int = LARGEST_STORAGE) -> None:
        self._platform: Platform = platform
        self._most = most

    def read_profile(
        self, profile: BrowserProfile, query: StorageQuery, given_up: Event | None = None
    ) -> StorageReading:
        """Return the entries of the query's hosts, at most 2 000: the kinds in their order, until it is enough.

        Within a kind, what was written last comes first where the storage tells. When `given_up` is set the reading
        ends early and empty. Never raises for anything found on the disk.
        """
        visit = _Visit(profile, normalize_hosts(query.hosts), Reading() if given_up is None else Reading(given_up))
        try:
            for kind in dict.fromkeys(query.kinds if visit.hosts else ()):
                self._read_kind(visit, kind)
                if visit.entries and query.is_enough(tuple(visit.entries[:MOST_ENTRIES])):
                    break
        except ReadingStopped:
            return StorageReading(None)
        if visit.reading.damaged:
            _note(visit, "damaged")
        problems = tuple(describe(kind, profile) for kind in visit.problems)
        entries = tuple(visit.entries[:MOST_ENTRIES])
        found = StorageProfile(profile.label, profile.id, entries) if entries else None
        return StorageReading(found, problems, tuple(visit.sources))

    def _read_kind(self, visit: _Visit, kind: StorageKind) -> None:
        try:
            sources = _find_sources(visit.profile, kind, visit.hosts)
        except OSError as problem:
            _note(visit, failure_kind(problem, self._platform))
            return
        for source in sources:
            visit.reading.check()
            try:
                with self._copy(source) as copy:
                    visit.sources.append(str(source.path))
                    visit.entries.extend(source.read(copy, visit.reading))
            except (CopyError, StorageUnreadable) as problem:
                _note(visit, problem.kind)
            except OSError:
                _note(visit, "unreadable")

    def _copy(self, source: StorageSource) -> AbstractContextManager[Path]:
        if source.is_leveldb:
            return copy_folder(source.path, self._platform, wanted=is_database_file, most=self._most)
        return copy_database(source.path, self._platform, most=self._most)


def _note(visit: _Visit, kind: CopyFailure | ProblemKind) -> None:
    if kind != "missing":
        visit.problems[kind] = None


def _find_sources(profile: BrowserProfile, kind: StorageKind, hosts: tuple[str, ...]) -> list[StorageSource]:
    if profile.family == "chromium":
        return find_chromium_sources(profile.folder, kind, hosts)
    if kind != "local":
        return []  # the other browsers keep session storage and IndexedDB in forms that no provider needs
    find = find_firefox_sources if profile.family == "firefox" else find_safari_sources
    return find(profile.folder, hosts)
