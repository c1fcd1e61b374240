"""What About and the popup say about versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.core.install_origin import DEMO, ORIGINS
from codexbar_qt.core.update_feed import Release
from codexbar_qt.core.update_presenter import UpdateRows, present_update_pane, present_update_rows
from codexbar_qt.core.update_state import UpdateState
from codexbar_qt.project import RELEASES_PAGE

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
QUIET = UpdateState(ORIGINS["deb"], "0.7.0", is_on=True)
CHECKED = replace(QUIET, checked_at=NOW - timedelta(hours=3))
OFFERED = replace(CHECKED, release=Release("v0.8.0-beta.1"))
PAGE = f"{RELEASES_PAGE}/tag/v0.8.0-beta.1"


def test_the_popup_has_no_row_while_there_is_nothing_to_tell() -> None:
    for state in (QUIET, CHECKED, replace(CHECKED, problem="It failed."), replace(QUIET, changes="- X", before="0.6")):
        assert present_update_rows(state) == UpdateRows()


def test_rows_of_the_popup() -> None:
    assert present_update_rows(OFFERED) == UpdateRows("CodexBar 0.8.0b1 is out", PAGE)
    assert present_update_rows(replace(OFFERED, is_on=False)) == UpdateRows()
    assert present_update_rows(replace(CHECKED, is_news=True)) == UpdateRows(news="What’s new in 0.7.0")


@pytest.mark.parametrize(
    ("state", "title", "detail", "page", "label"),
    [
        (QUIET, "Not checked yet", "", RELEASES_PAGE, "All releases"),
        (CHECKED, "This is the newest version", "Checked 3h ago", RELEASES_PAGE, "All releases"),
        (OFFERED, "CodexBar 0.8.0b1 is out", "Checked 3h ago", PAGE, "What’s in 0.8.0b1"),
        (replace(CHECKED, problem="It failed."), "The last check failed", "It failed.", RELEASES_PAGE, "All releases"),
        (replace(OFFERED, problem="It failed."), "CodexBar 0.8.0b1 is out", "It failed.", PAGE, "What’s in 0.8.0b1"),
        (UpdateState(ORIGINS["snap"], "0.7.0"), "Updated by Snap", "By hand: snap refresh", None, "All releases"),
        (UpdateState(DEMO, "0.7.0"), "Not checked", "The demo looks for no updates.", None, "All releases"),
    ],
)
def test_the_lines_of_about(state: UpdateState, title: str, detail: str, page: str | None, label: str) -> None:
    pane = present_update_pane(state, NOW, UTC)
    assert (pane.title, pane.detail, pane.page, pane.page_label) == (title, detail, page or RELEASES_PAGE, label)


def test_what_can_be_pressed() -> None:
    assert present_update_pane(QUIET, NOW, UTC).can_check
    assert present_update_pane(replace(QUIET, is_on=False), NOW, UTC).can_check
    busy = present_update_pane(replace(QUIET, is_checking=True), NOW, UTC)
    assert (busy.can_check, busy.is_checking) == (False, True)
    assert not present_update_pane(UpdateState(ORIGINS["pipx"], "0.7.0"), NOW, UTC).can_check


def test_what_is_new_stays_in_about_after_it_was_seen() -> None:
    pane = present_update_pane(replace(QUIET, before="0.6.0", changes="- A new thing."), NOW, UTC)
    assert (pane.changes_title, pane.changes) == ("What’s new since 0.6.0", "- A new thing.")
    assert present_update_pane(replace(QUIET, before="0.6.0"), NOW, UTC).changes_title == ""
