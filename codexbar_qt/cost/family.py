"""What the scanner asks of a family of logs: where the files are, what is in one, what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.cost.log_files import Inventory, LogFile
    from codexbar_qt.cost.places import Places
    from codexbar_qt.cost.values import Ledger, UsageRow


class ScanCancelled(Exception):
    """The scan was called off; what was kept so far stays valid."""


class FileState(msgspec.Struct, frozen=True):
    """What is kept of one file: `packed` belongs to the family and may be large.

    `offset` is where the next scan goes on in a file that has only grown: everything before it is whole lines and is in
    `packed`. `mark` tells whether those bytes are still the same.
    """

    offset: int
    mark: bytes
    packed: bytes


class FileStates(Protocol):
    """The states of all files that count."""

    def files(self) -> Sequence[LogFile]:
        """Return the files, sorted by path; costs nothing."""
        ...

    def load(self, file: LogFile) -> FileState:
        """Return what is kept of one of them; reads the disk every time."""
        ...


class LogFamily(Protocol):
    """One kind of logs. Everything blocks; nothing keeps more than one file's content in memory."""

    @property
    def name(self) -> str:
        """Its name, also that of the state on disk."""
        ...

    @property
    def version(self) -> int:
        """The form of `FileState.packed`; state of another one is discarded."""
        ...

    @property
    def bytes_per_scan(self) -> int | None:
        """How much one scan may read, None for everything; files beyond it wait for the next scan."""
        ...

    def find(self, places: Places) -> Inventory:
        """Return the log files there are, in the order in which they are to be read."""
        ...

    def read(self, file: LogFile, earlier: FileState | None, checkpoint: Callable[[int], None]) -> FileState:
        """Read a file, from `earlier.offset` on when there is one. Raises OSError and ScanCancelled.

        `checkpoint` is called after every block with the number of bytes read; it raises ScanCancelled to end the scan.
        """
        ...

    def assemble(self, states: FileStates) -> Ledger:
        """Add the files up, each request once. The result says nothing of files that are not in `states`."""
        ...

    def rows(self, states: FileStates, source: str, first: int, last: int) -> Sequence[UsageRow]:
        """Return the counted requests of a source with `first` <= `at` < `last` (seconds since 1970, UTC)."""
        ...
