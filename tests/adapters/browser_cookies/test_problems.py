"""Every problem has sentences that people can act on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from codexbar_qt.adapters.browser_cookies import problems
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.key_sources import KeyState
from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile

if TYPE_CHECKING:
    from codexbar_qt.adapters.browser_cookies.problems import ReadProblem

CHROME = BY_ID["chrome"]
WORK = BrowserProfile(
    "chrome", "chromium", "Chrome Work", "chrome:1", Path("/secret-place/Default"), Path("/secret-place")
)
STATES = [state for state in get_args(KeyState) if state != "found"]


def every_problem() -> list[ReadProblem]:
    keys = [
        problems.needs_key(CHROME, WORK, state, 2, is_linux=is_linux) for state in STATES for is_linux in (True, False)
    ]
    return [
        *keys,
        problems.locked_database(CHROME, WORK),
        problems.app_bound(CHROME, WORK, 1),
        problems.app_bound(CHROME, WORK, 3),
        problems.full_disk_access(BY_ID["safari"], WORK),
        problems.sandbox_key(CHROME, WORK, 1),
        problems.wrong_key(CHROME, WORK, 1),
        problems.unreadable(CHROME, WORK),
    ]


@pytest.mark.parametrize(
    "problem", every_problem(), ids=lambda problem: f"{problem.kind}-{problem.cause}-{problem.count}"
)
def test_sentences(problem: ReadProblem) -> None:
    what, do = problem.sentence.split(". ")
    assert what[0].isupper() or what[0].isdigit() or what.startswith("macOS")
    assert do[0].isupper()
    assert do.endswith(".")
    for word in ("{", "secret-place", "!", "lease", "None"):
        assert word not in problem.sentence
    assert problem.label == "Chrome Work"


def test_states_are_told_apart() -> None:
    sentences = {problems.needs_key(CHROME, WORK, state, 1, is_linux=True).sentence for state in STATES}
    assert len(sentences) == len(STATES)
    assert "Chrome" in next(iter(sentences))
    assert problems.needs_key(CHROME, WORK, "denied", 1, is_linux=True).cause == "denied"


def test_one_and_many() -> None:
    assert problems.app_bound(CHROME, WORK, 1).sentence.startswith("1 cookie of")
    assert problems.app_bound(CHROME, WORK, 3).sentence.startswith("3 cookies of")
