"""A helper process of a scan: reads the logs it is told to until its parent lets go or dies."""

from __future__ import annotations

import errno
import sys

from codexbar_qt.cost.families import FAMILIES
from codexbar_qt.cost.reading_wire import Answer, Done, Failed, Order, Passed, receive_order, send


def main() -> int:
    """Serve standard input. A parent that has died is noticed at the next block."""
    families = {family.name: family for family in FAMILIES}
    orders, answers = sys.stdin.buffer, sys.stdout.buffer

    def read(order: Order) -> Answer:
        checkpoint = lambda size: send(answers, Passed(size))  # noqa: E731 - as short as what it does
        try:
            state = families[order.family].read(order.file, order.earlier, checkpoint)
        except BrokenPipeError:
            raise
        except OSError as error:
            return Failed(error.errno or errno.EIO)
        return Done(state.offset, state.mark, state.packed)

    try:
        while (order := receive_order(orders)) is not None:
            send(answers, read(order))
    except (BrokenPipeError, KeyboardInterrupt):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
