"""A helper process of a scan: reads the logs it is told to until its parent lets go or dies."""

from __future__ import annotations

import errno
import gc
import sys

from codexbar_qt.cost.families import FAMILIES
from codexbar_qt.cost.family import ScanCancelled
from codexbar_qt.cost.process_output import forget_output
from codexbar_qt.cost.reading_wire import Answer, Done, Failed, Order, Passed, receive_order, send


def main() -> int:
    """Serve standard input. A parent that has died is noticed at the next block."""
    gc.disable()  # rows hold no cycles, and looking for some would take a seventh of a scan
    families = {family.name: family for family in FAMILIES}
    orders, answers = sys.stdin.buffer, sys.stdout.buffer

    def passed(size: int) -> None:
        try:
            send(answers, Passed(size))
        except OSError:  # not a trouble of the log that is being read
            raise ScanCancelled from None

    def read(order: Order) -> Answer:
        try:
            state = families[order.family].read(order.file, order.earlier, passed)
        except OSError as error:
            return Failed(error.errno or errno.EIO)
        return Done(state.offset, state.mark, state.packed)

    try:
        while (order := receive_order(orders)) is not None:
            send(answers, read(order))
    except (ScanCancelled, OSError, KeyboardInterrupt):
        forget_output()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
