"""Who wants to hear of changes: one that fails keeps no other from hearing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.faults import log_fault

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable


class Listeners:
    """Callbacks without arguments. `log` and `broken` ("A view of the cost broke") tell of one that fails."""

    def __init__(self, log: logging.Logger, broken: str) -> None:
        self._log, self._broken = log, broken
        self._callbacks: list[Callable[[], None]] = []

    def add(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` with every `tell` until the returned function is called."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self) -> None:
        """Call everybody who is there now."""
        for callback in tuple(self._callbacks):
            try:
                callback()
            except Exception as error:
                log_fault(self._log, self._broken, error)
