"""Changing a file of ours under its lock, with the system's refusals turned into sentences."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from codexbar_qt.core.config_errors import ConfigWriteError

if TYPE_CHECKING:
    from collections.abc import Generator

    from codexbar_qt.core.private_file import PrivateFile

_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOENT: "the folder is missing",
    errno.EISDIR: "it is a folder",
    errno.ENOSPC: "the disk is full",
    errno.EROFS: "the disk is read-only",
}
_ADVICE = {
    errno.EACCES: "Make the folder writable for you.",
    errno.EPERM: "Make the folder writable for you.",
    errno.ENOSPC: "Free some space and try again.",
}


@contextlib.contextmanager
def exclusive(file: PrivateFile, what: str) -> Generator[None]:
    """Hold the lock of `file`; `what` names it in the sentence of the ConfigWriteError that a refusal becomes."""
    try:
        with file.locked():
            yield
    except TimeoutError:
        message = f"{what} is in use by another program. Try again in a moment."
        raise ConfigWriteError(message) from None
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "Check the disk and try again.")
        message = f"{what} could not be saved: {reason_of(error)}. {advice}"
        raise ConfigWriteError(message) from None


def reason_of(error: OSError) -> str:
    """Return why the system refused, in a few words."""
    return _REASONS.get(error.errno or 0) or (error.strerror or "the system refused").lower()
