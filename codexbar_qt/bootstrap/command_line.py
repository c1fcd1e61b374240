"""What only the command line asks for: log records on standard error, the store of cached sessions."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.core.ports import SecretStore
    from codexbar_qt.core.preferences_file import PreferencesFile


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


def open_secret_store(preferences_file: PreferencesFile) -> SecretStore:
    """Return the system's keyring, or the private file where people chose that instead."""
    if not preferences_file.current.keyring_fallback_file:
        from codexbar_qt.adapters.secret_store import KeyringStore

        return KeyringStore(os.environ)
    import platformdirs

    from codexbar_qt.adapters.secret_file_store import PrivateFileStore

    return PrivateFileStore(Path(platformdirs.user_data_dir("codexbar", appauthor=False)) / "secrets.json")
