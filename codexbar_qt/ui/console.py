"""The few lines that the app prints."""

from __future__ import annotations

import contextlib


def say(line: str) -> None:
    """Print a line; a terminal that was closed meanwhile is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)  # noqa: T201 - the one place that prints
