"""Tells a report apart by folder, and within a folder by session. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from codexbar_qt.cost.report_values import ProjectSpend
from codexbar_qt.cost.spend import Spend
from codexbar_qt.cost.sums import by_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codexbar_qt.cost.sums import Sum
    from codexbar_qt.cost.values import SessionUsage, UsageBucket

UNKNOWN_FOLDER = "Unknown folder"
_SEPARATORS = re.compile(r"[\\/]")


def projects_of(
    sessions: Iterable[SessionUsage], spend_of: Callable[[Iterable[UsageBucket]], Spend]
) -> tuple[ProjectSpend, ...]:
    """Return the folders with requests in the window and their sessions, the most expensive first.

    `spend_of` sorts the buckets of a session and leaves out what is not in the window.
    """
    by_folder: defaultdict[str, dict[str, Spend]] = defaultdict(dict)
    for session in sessions:
        spend = spend_of(session.buckets)
        if spend:
            by_folder[session.folder].setdefault(session.id, Spend()).merge(spend)
    return _ordered(_folder(folder, by_folder[folder]) for folder in by_folder)


def _folder(folder: str, sessions: Mapping[str, Spend]) -> tuple[Sum, ProjectSpend]:
    whole = Spend()
    for spend in sessions.values():
        whole.merge(spend)
    name = _SEPARATORS.split(folder.rstrip("\\/"))[-1] or folder or UNKNOWN_FOLDER
    inner = _ordered(_project(session, folder, spend) for session, spend in sessions.items())
    return _project(name, folder, whole, inner)


def _project(name: str, folder: str, spend: Spend, sessions: tuple[ProjectSpend, ...] = ()) -> tuple[Sum, ProjectSpend]:
    whole = spend.whole
    return whole, ProjectSpend(name, folder, whole.tokens, whole.cost, spend.days(), spend.models(), sessions)


def _ordered(projects: Iterable[tuple[Sum, ProjectSpend]]) -> tuple[ProjectSpend, ...]:
    ordered = sorted(projects, key=lambda item: (by_cost(item[1].name, item[0]), item[1].path))
    return tuple(project for _, project in ordered)
