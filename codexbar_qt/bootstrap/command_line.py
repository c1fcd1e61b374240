"""What only the command line asks for: log records on standard error."""

from __future__ import annotations

import logging
import os


class _NoTracebacks(logging.Filter):
    """Leaves tracebacks to those who asked for debug records."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.exc_text = None
        return True


def start_command_log(level: str, *, json_lines: bool) -> None:
    """Log to standard error from `level` on, "" for that of CODEXBAR_LOG_LEVEL, else error."""
    from codexbar_qt.adapters.log_setup import LEVELS, configure_cli_logging

    chosen = (level or os.environ.get("CODEXBAR_LOG_LEVEL") or "error").strip().lower()
    configure_cli_logging(chosen, json_lines=json_lines)
    if LEVELS.get(chosen, logging.ERROR) > logging.DEBUG:
        for handler in logging.getLogger().handlers:
            handler.addFilter(_NoTracebacks())
