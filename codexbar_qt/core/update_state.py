"""What is known of newer versions and of what is new in this one, and how views get at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.core.install_origin import InstallOrigin
    from codexbar_qt.core.preferences import UpdateChannel
    from codexbar_qt.core.update_feed import Release


@dataclass(frozen=True, slots=True)
class UpdateState:
    """What About and the popup show.

    `release` is a newer version, None for none. `checked_at` is the last time the list of releases was read (UTC),
    `problem` a sentence about the last attempt when it was not. `before` is the version that ran before this one, ""
    where none is known; `changes` says in Markdown what is new since; `is_news` until people have seen that.
    """

    origin: InstallOrigin
    running: str
    is_on: bool = False
    channel: UpdateChannel = "stable"
    is_checking: bool = False
    checked_at: datetime | None = None
    release: Release | None = None
    problem: str = ""
    before: str = ""
    changes: str = ""
    is_news: bool = False


class Updates(Protocol):
    """Newer versions as views see them. Everything returns at once; subscribers hear what comes of it."""

    @property
    def state(self) -> UpdateState:
        """What is known."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change of the state until the returned function is called."""
        ...

    def check(self) -> None:
        """Look for a newer version now, on behalf of a person."""
        ...

    def seen(self) -> None:
        """People have seen that there is something new in this version."""
        ...


class StillUpdates:
    """A state that stays as it is: for sessions that look for nothing, and for pictures. Its intents do nothing."""

    def __init__(self, state: UpdateState) -> None:
        self.state = state

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Never call back."""
        del callback
        return lambda: None

    def check(self) -> None:
        """Look for nothing."""

    def seen(self) -> None:
        """Change nothing."""

    def start(self) -> None:
        """Begin nothing."""

    def apply(self) -> None:
        """Change nothing."""

    def set_paused(self, paused: bool) -> None:
        """Change nothing."""

    async def close(self) -> None:
        """Return at once."""
