"""Where log records go: the command line's standard error, or the app's rotating file; everything redacted.

Own records are the loggers below `codexbar_qt` and `codexbar_providers`; libraries are heard from WARNING on, whatever
level is asked for: their debug texts hold requests.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import sys
import threading
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from codexbar_qt.adapters.log_redaction import redact

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

LOG_FILE_NAME = "codexbar.log"
FILE_BYTES = 5 * 1024 * 1024
FILE_COUNT = 3
OWN_LOGGERS = ("codexbar_qt", "codexbar_providers")
LEVELS = {
    "trace": 3,
    "verbose": 7,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
_log = logging.getLogger(__name__)


class RedactedFormatter(logging.Formatter):
    """One text line per record (a traceback adds lines), redacted as a whole; times are UTC."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # logging's name
        """Return the time as ISO 8601 in UTC with milliseconds."""
        del datefmt
        return _moment(record)

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted text."""
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object per line: timestamp, level, logger, message, and exception where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line."""
        line = {
            "timestamp": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class _QuietHandler(logging.Handler):
    """A handler whose failures stay its own: the standard way prints a traceback with the unredacted record."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        del record


class _ErrorStream(_QuietHandler, logging.StreamHandler[IO[str]]):
    pass


class _PrivateFile(_QuietHandler, logging.handlers.RotatingFileHandler):
    def _open(self) -> IO[str]:  # type: ignore[override]  # the same file, only created with another mode
        return open(self.baseFilename, self.mode, encoding="utf-8", errors="replace", opener=_open_private)


def configure_cli_logging(level: str, *, json_lines: bool = False, stream: IO[str] | None = None) -> None:
    """Log to standard error only, from `level` on (a key of LEVELS; anything else means error)."""
    number = LEVELS.get(level.strip().lower(), logging.ERROR)
    handler = _ErrorStream(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if json_lines else RedactedFormatter())
    _install([handler], number)
    _hook_unhandled()


def configure_app_logging(log_dir: Path, *, enabled: bool, level: str = "verbose") -> bool:
    """Log warnings to standard error where there is one, and, when `enabled`, from `level` on to files in `log_dir`.

    At most 3 files of 5 MiB, readable for their owner only. May be called again when the setting changes. Returns
    whether a file is written; a directory that cannot be created or written means no file, never an error.
    """
    handlers: list[logging.Handler] = []
    if sys.stderr is not None:
        errors = _ErrorStream(sys.stderr)
        errors.setLevel(logging.WARNING)
        errors.setFormatter(RedactedFormatter())
        handlers.append(errors)
    file = _open_log_file(log_dir) if enabled else None
    if file is not None:
        handlers.append(file)
    number = LEVELS.get(level.strip().lower(), LEVELS["verbose"]) if file is not None else logging.WARNING
    _install(handlers, number)
    _hook_unhandled()
    return file is not None


def close_logging() -> None:
    """Take our handlers off and give levels and hooks back."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _QuietHandler)]:
        root.removeHandler(handler)
        handler.close()
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    sys.unraisablehook = sys.__unraisablehook__


def log_unhandled(problem: BaseException, *, where: str) -> None:
    """Log an exception nobody caught: one line with its kind for people, its frames at level debug.

    Its own text may quote an answer or a secret and stays out.

    `where` names the place ("main", a thread, "event loop"). Event loops call this from their exception handler.
    """
    kind = type(problem).__name__
    _log.critical("Unexpected %s in %s", kind, where)
    _log.debug("Traceback", exc_info=RuntimeError(kind).with_traceback(problem.__traceback__))


def _install(handlers: list[logging.Handler], level: int) -> None:
    for name in ("trace", "verbose"):
        logging.addLevelName(LEVELS[name], name.upper())
    close_logging()
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(max(logging.WARNING, level))
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)


def _open_log_file(log_dir: Path) -> logging.Handler | None:
    try:
        log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFile(
            log_dir / LOG_FILE_NAME, maxBytes=FILE_BYTES, backupCount=FILE_COUNT - 1, encoding="utf-8"
        )
    except OSError:
        return None
    handler.setFormatter(RedactedFormatter())
    return handler


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _hook_unhandled() -> None:
    def of_main(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, problem, trace)
        else:
            log_unhandled(problem, where="main")

    def of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            log_unhandled(args.exc_value, where=args.thread.name if args.thread else "a thread")

    def of_collector(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            log_unhandled(args.exc_value, where="a finalizer")

    sys.excepthook = of_main
    threading.excepthook = of_thread
    sys.unraisablehook = of_collector
