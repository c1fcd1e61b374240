"""What one scan has to do: which logs are new, grown, changed or gone (token-cost.md 8). Reads no log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.file_mark import mark_of
from codexbar_qt.cost.log_files import LogFile

if TYPE_CHECKING:
    from codexbar_qt.cost.log_files import Inventory
    from codexbar_qt.cost.state_file import Known, StateFile


class Work(msgspec.Struct, frozen=True):
    """A file to read. `earlier` is the state to go on from, None to read the whole; `before` how the file was known."""

    file: LogFile
    earlier: FileState | None = None
    before: LogFile | None = None

    @property
    def size(self) -> int:
        """How many bytes there are to read."""
        return max(0, self.file.size - (self.earlier.offset if self.earlier is not None else 0))


class Plan(msgspec.Struct):
    """The work of a scan. `counted` files keep the state they have, `postponed` ones are not looked at this time."""

    work: list[Work] = []
    counted: list[LogFile] = []
    gone: list[str] = []
    postponed: int = 0
    bytes: int = 0

    def add(self, work: Work, budget: int | None) -> None:
        """Add a file, or put it off: it then counts as it was known."""
        if budget is not None and self.work and self.bytes + work.size > budget:
            self.postponed += 1
            if work.before is not None:
                self.counted.append(work.before)
            return
        self.bytes += work.size
        self.work.append(work)


def make_plan(inventory: Inventory, state: StateFile, budget: int | None, *, refresh: bool) -> Plan:
    """Compare what there is with what is known; with `refresh` everything is read again.

    The state of a file outside the folders looked at stays while the file is there: another process may look at others.
    """
    known = state.known()
    plan = Plan()
    for file in inventory.files:
        before = known.pop(file.path, None)
        if before is None:
            plan.add(Work(file), budget)
        elif refresh:
            plan.add(Work(file, None, before.file), budget)
        elif before.file == file:
            plan.counted.append(file)
        else:
            earlier = state.load(file.path) if _has_grown(file, before) else None
            plan.add(Work(file, earlier, before.file), budget)
    plan.gone = [path for path in known if not os.path.lexists(path)]
    return plan


def _has_grown(file: LogFile, before: Known) -> bool:
    """Whether what was read of a file is still at its beginning."""
    if file.size <= before.file.size or file.identity != before.file.identity:
        return False
    try:
        with Path(file.path).open("rb", buffering=0) as stream:
            return mark_of(stream, before.offset) == before.mark
    except OSError:
        return False
