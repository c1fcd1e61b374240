"""Who wants to hear of changes does, whatever happens to the others."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from codexbar_qt.core.listeners import Listeners

LOG = logging.getLogger("listeners")


def test_everybody_is_told_until_they_leave() -> None:
    listeners, heard = Listeners(LOG, "It broke"), list[str]()
    leave = listeners.add(lambda: heard.append("a"))
    listeners.add(lambda: heard.append("b"))
    listeners.tell()
    leave()
    listeners.tell()
    assert heard == ["a", "b", "b"]


def test_who_leaves_or_comes_while_told_disturbs_nobody() -> None:
    listeners, heard, leaving = Listeners(LOG, "It broke"), list[str](), list[Callable[[], None]]()

    def once() -> None:
        heard.append("once")
        leaving[0]()
        listeners.add(lambda: heard.append("later"))

    leaving.append(listeners.add(once))
    listeners.add(lambda: heard.append("b"))
    listeners.tell()
    assert heard == ["once", "b"]
    listeners.tell()
    assert heard == ["once", "b", "b", "later"]


@pytest.mark.logs_warnings
def test_one_that_fails_keeps_no_other_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    listeners, heard = Listeners(LOG, "A view broke"), list[str]()

    def broken() -> None:
        raise ZeroDivisionError

    listeners.add(broken)
    listeners.add(lambda: heard.append("b"))
    listeners.tell()
    assert heard == ["b"]
    assert [(record.levelname, "A view broke" in record.getMessage()) for record in caplog.records] == [("ERROR", True)]
