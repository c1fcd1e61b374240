"""What About and the popup say about versions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.core.wording import age_text
from codexbar_qt.project import RELEASES_PAGE

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from codexbar_qt.core.update_state import UpdateState


@dataclass(frozen=True, slots=True)
class UpdateRows:
    """The rows in the popup's menu, "" for none; `page` is where the first one leads to."""

    update: str = ""
    page: str = ""
    news: str = ""


@dataclass(frozen=True, slots=True)
class UpdatePane:
    """The part of About: a line, one more below it, what may be pressed, and what is new.

    `page` is that of the new release, else of all releases. `changes` is Markdown below `changes_title`.
    """

    title: str
    detail: str
    page: str
    page_label: str
    can_check: bool
    is_checking: bool
    changes_title: str = ""
    changes: str = ""


def present_update_rows(state: UpdateState) -> UpdateRows:
    """Return the rows of the popup: a newer version while looking for them is on, and once what is new in this one."""
    release = state.release if state.is_on else None
    return UpdateRows(
        update=f"CodexBar {release.version} is out" if release else "",
        page=release.page if release else "",
        news=f"What’s new in {state.running}" if state.is_news else "",
    )


def present_update_pane(state: UpdateState, now: datetime, zone: tzinfo) -> UpdatePane:
    """Return the part of About that is about versions."""
    release, origin = state.release, state.origin
    return UpdatePane(
        title=_title(state),
        detail=origin.how or state.problem or _age(state, now, zone),
        page=release.page if release else RELEASES_PAGE,
        page_label=f"What’s in {release.version}" if release else "All releases",
        can_check=origin.looks_for_updates and not state.is_checking,
        is_checking=state.is_checking,
        changes_title=f"What’s new since {state.before}" if state.changes else "",
        changes=state.changes,
    )


def _title(state: UpdateState) -> str:
    if state.origin.updated_by:
        return state.origin.updated_by
    if state.release is not None:
        return f"CodexBar {state.release.version} is out"
    if state.problem:
        return "The last check failed"
    return "This is the newest version" if state.checked_at is not None else "Not checked yet"


def _age(state: UpdateState, now: datetime, zone: tzinfo) -> str:
    return "" if state.checked_at is None else f"Checked {age_text(state.checked_at, now, zone)}"
