"""The processes of our own that a frozen app starts by starting itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_own_process(argv: Sequence[str]) -> int | None:
    """Be the guard of a child process, or a reader of logs, when the command line says so; else None."""
    flag = argv[0] if argv else ""
    if not flag.startswith("--"):
        return None
    from codexbar_qt.adapters.process_guard import GUARD_FLAG

    if flag == GUARD_FLAG:
        from codexbar_qt.adapters.process_guard import main as guard

        return guard(list(argv[1:]))
    from codexbar_qt.cost.process_flags import READER_FLAG, WORKER_FLAG

    if flag == WORKER_FLAG:
        from codexbar_qt.cost.worker import main as worker

        return worker()
    if flag == READER_FLAG:
        from codexbar_qt.cost.reading_process import main as reader

        return reader()
    return None
