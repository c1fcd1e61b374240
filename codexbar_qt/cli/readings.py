"""What one fetch of the command line gave, ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import Attempt, ProviderDescriptor, ProviderError, Snapshot


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome for one provider or account: `snapshot` or `error` is set.

    `source` is the way that was used, on failure the one that was asked for. `account` is the label of a token account,
    "" for none. A plan with nothing to measure is a snapshot that is empty but for its time and note. `reports` are the
    extra facts asked for, by their key in JSON.
    """

    descriptor: ProviderDescriptor
    source: str
    account: str = field(default="", repr=False)
    snapshot: Snapshot | None = None
    error: ProviderError | None = None
    exit_code: int = 0
    attempts: tuple[Attempt, ...] = ()
    reports: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, "Mapping[str, str]"])
