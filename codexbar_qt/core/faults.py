"""Telling a fault of ours or of a plugin in the log: where it happened, never what the exception says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


def log_fault(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log `what`, the kind of `error` and its frames. Its own text may quote an answer or a secret and stays out."""
    kind = type(error).__name__
    log.error("%s: %s", what, kind, exc_info=RuntimeError(kind).with_traceback(error.__traceback__))
