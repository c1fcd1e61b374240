"""One scan of one family: what is new is read, what is gone is forgotten, the whole is added up (token-cost.md 8)."""

from __future__ import annotations

import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Self

import msgspec

from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.plan import make_plan
from codexbar_qt.cost.values import Ledger, LeftOut, RowsPage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from codexbar_qt.cost.family import LogFamily
    from codexbar_qt.cost.log_files import LogFile
    from codexbar_qt.cost.places import Places
    from codexbar_qt.cost.plan import Plan
    from codexbar_qt.cost.progress import Progress
    from codexbar_qt.cost.reading_pool import ReadingPool
    from codexbar_qt.cost.state_file import StateFile
    from codexbar_qt.cost.values import LeftOutKind

_BATCH_BYTES = 1 << 20


class StateLostError(Exception):
    """Another process has dropped the state of a file that was still there a moment ago."""


class KeptStates:
    """The states of the files that count, out of the state file."""

    def __init__(self, state: StateFile, counted: Sequence[LogFile]) -> None:
        self._state, self._counted = state, counted

    def files(self) -> Sequence[LogFile]:
        """Return the files, sorted by path."""
        return self._counted

    def load(self, file: LogFile) -> FileState:
        """Return what is kept of one of them."""
        found = self._state.load(file.path)
        if found is None:
            raise StateLostError
        return found


class Scanner:
    """Scans one family after the other into their state files. Everything blocks."""

    def __init__(self, places: Places, pool: ReadingPool, progress: Progress) -> None:
        self._places, self._pool, self._progress = places, pool, progress

    def scan(self, family: LogFamily, state: StateFile, *, refresh: bool = False) -> Ledger:
        """Bring the state up to date and return what all logs add up to.

        Raises ScanCancelled and keeps what it has, StateLostError, and whatever unusable state brings about.
        """
        inventory = family.find(self._places)
        plan = make_plan(inventory, state, family.bytes_per_scan, refresh=refresh)
        self._progress.expect(len(plan.work), plan.bytes)
        state.drop(plan.gone)
        unreadable = self._read(family, plan, state)
        counted = sorted(plan.counted, key=lambda file: file.path)
        ledger = _add_up(family, state, counted, refresh=refresh)
        left_out: dict[LeftOutKind, int] = {
            "unreadable_folder": inventory.unreadable_folders,
            "unreadable_file": inventory.unreadable_files + unreadable,
            "postponed_file": plan.postponed,
            "unsaved_state": 0 if state.is_kept else 1,
        }
        more = tuple(LeftOut(kind, count) for kind, count in left_out.items() if count)
        return msgspec.structs.replace(ledger, left_out=(*ledger.left_out, *more), is_complete=not plan.postponed)

    def rows(self, family: LogFamily, state: StateFile, source: str, first: int, last: int, limit: int) -> RowsPage:
        """Return the counted requests of a source between two moments, out of what the last scan has kept.

        Scans first where nothing is kept. Raises what `scan` does.
        """
        if not state.known():
            self.scan(family, state)
        known = state.known()
        counted = [known[file.path].file for file in family.find(self._places).files if file.path in known]
        counted.sort(key=lambda file: file.path)
        with state.snapshot():
            rows = family.rows(KeptStates(state, counted), source, first, last)
        shown = (msgspec.structs.replace(row, file=_readable(row.file)) for row in rows[:limit])
        return RowsPage(tuple(shown), len(rows))

    def _read(self, family: LogFamily, plan: Plan, state: StateFile) -> int:
        """Read what is new into the state; return how many files could not be read."""
        unreadable = 0
        with _Batch(state) as batch, closing(self._pool.read(family, plan.work, self._progress.read)) as outcomes:
            for work, outcome in outcomes:
                if isinstance(outcome, FileState):
                    plan.counted.append(work.file)
                    batch.add(work.file, outcome)
                elif not isinstance(outcome, FileNotFoundError):
                    unreadable += 1
                    if work.before is not None:
                        plan.counted.append(work.before)
                self._progress.file_done()
        return unreadable


class _Batch:
    """States on their way to the disk, some at a time; the last of them at the end, however that comes."""

    def __init__(self, state: StateFile) -> None:
        self._state = state
        self._waiting: list[tuple[LogFile, FileState]] = []
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._save()

    def add(self, file: LogFile, kept: FileState) -> None:
        """Add the state of a file."""
        self._waiting.append((file, kept))
        self._size += len(kept.packed)
        if self._size >= _BATCH_BYTES:
            self._save()

    def _save(self) -> None:
        if self._waiting:
            self._state.save(self._waiting)
        self._waiting, self._size = [], 0


def _add_up(family: LogFamily, state: StateFile, counted: Sequence[LogFile], *, refresh: bool) -> Ledger:
    """Return the kept total of just these files, or make it."""
    name = _fingerprint(counted)
    kept = None if refresh else state.total(name)
    if kept is not None:
        return msgspec.msgpack.decode(kept, type=Ledger)
    with state.snapshot():
        ledger = family.assemble(KeptStates(state, counted))
    state.set_total(name, msgspec.msgpack.encode(ledger))
    return ledger


def _fingerprint(counted: Sequence[LogFile]) -> bytes:
    """Return what tells these files from any others: all that is known of them."""
    known = "\n".join(f"{file.path}\n{file.size} {file.modified_ns} {file.identity}" for file in counted)
    return zlib.compress(known.encode("utf-8", "surrogatepass"), 1)


def _readable(path: str) -> str:
    """Return a path as text, also one that the system keeps as bytes that are none."""
    return path.encode("utf-8", "replace").decode()
