"""What one fetch of the command line gave, ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.provider_api import ProviderDescriptor, ProviderError, Snapshot
    from codexbar_qt.provider_api.fallback import Attempt


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome for one provider or account: `snapshot` or `error` is set.

    `source` is the way that was used, on failure the one that was asked for. `account` is the label of a token account,
    "" for none. A plan with nothing to measure is a snapshot that is empty but for its time and note.
    """

    descriptor: ProviderDescriptor
    source: str
    account: str = field(default="", repr=False)
    snapshot: Snapshot | None = None
    error: ProviderError | None = None
    exit_code: int = 0
    attempts: tuple[Attempt, ...] = ()
