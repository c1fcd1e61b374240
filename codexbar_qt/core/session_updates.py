"""Newer versions as part of a session: the watch over the list of releases, and what it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt import __version__
from codexbar_qt.core.install_origin import DEMO
from codexbar_qt.core.update_state import StillUpdates, UpdateState
from codexbar_qt.core.update_watch import UpdateParts, UpdateWatch, UpdateWishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.session_view import SessionParts


def build_updates(parts: SessionParts, wishes: Callable[[], UpdateWishes]) -> UpdateWatch | StillUpdates:
    """Return the watch of a session, or a state that stays as it is for one that looks for nothing."""
    if isinstance(parts.updates, UpdateParts):
        return UpdateWatch(parts.updates, parts.clock, wishes)
    return StillUpdates(parts.updates or UpdateState(DEMO, __version__))


def update_wishes(preferences: Preferences) -> UpdateWishes:
    """Return what the preferences ask for."""
    return UpdateWishes(is_on=preferences.update_checks_enabled, channel=preferences.update_channel)
