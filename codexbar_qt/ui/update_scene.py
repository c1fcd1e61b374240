"""Made-up news of versions for the pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.install_origin import ORIGINS
from codexbar_qt.core.update_feed import Release
from codexbar_qt.core.update_state import UpdateState

if TYPE_CHECKING:
    from datetime import datetime

_CHANGES = """#### 0.7.0 (2026-12-01)

**Added**

- Charts can be read with a screen reader, bar by bar.
- A second account is added from the card, with codexbar config or in the settings, and is told apart from the first by
  the name of its plan.

**Fixed**

- Resets are told in local time after a change to summer time.

#### 0.6.1 (2026-11-12)

- The popup opens beside the tray icon on a second screen."""

OFFERED = UpdateState(ORIGINS["deb"], "0.7.0", is_on=True, release=Release("v0.8.0"))
UPGRADED = UpdateState(ORIGINS["deb"], "0.7.0", is_on=True, before="0.6.0", changes=_CHANGES, is_news=True)
OFFERED_AND_UPGRADED = replace(UPGRADED, release=Release("v0.8.0"))
LOOKED_AFTER = UpdateState(ORIGINS["flatpak"], "0.7.0")
_FAILED = "The list of releases could not be used. Look at the page of all releases instead."


def checked(state: UpdateState, now: datetime) -> UpdateState:
    """Return a state that was found 3 hours ago."""
    return replace(state, checked_at=now - timedelta(hours=3))


def failed(now: datetime) -> UpdateState:
    """Return a state whose last look failed."""
    return replace(checked(UPGRADED, now), problem=_FAILED, changes="", before="")
