"""Which error is told when a run fails: the last one, with a word about a key that was refused before it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import AuthRejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import Attempt, ProviderError


def told_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Return the problem of the way that was tried last; the attempts stay as they are."""
    *earlier, last = [attempt.error for attempt in attempts if attempt.error is not None]
    if not any(isinstance(error, AuthRejected) for error in earlier):
        return last
    told = copy.copy(last)
    told.message = f"{last.message} The API key was rejected before that."
    told.args = (told.message,)
    return told
