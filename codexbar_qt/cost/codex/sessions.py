"""Tells sessions, their copies and their forks apart, and what a fork has copied (token-cost.md 1 and 5)."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import PurePath
from typing import TYPE_CHECKING

from codexbar_qt.cost.codex.log import load_log
from codexbar_qt.cost.codex.rows import Rows
from codexbar_qt.cost.codex.usage import NOTHING, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codexbar_qt.cost.codex.log import LogState, Owner
    from codexbar_qt.cost.family import FileStates
    from codexbar_qt.cost.log_files import LogFile

_ID_IN_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


@dataclass(slots=True)
class Session:
    """A session and the log that counts for it; `state` comes without its rows.

    `is_fork`: it begins with lines of another one. `baseline` is what these used, None when that is not known.
    """

    id: str
    file: LogFile
    state: LogState
    events: int
    is_fork: bool
    baseline: Usage | None = NOTHING


@dataclass(slots=True)
class Sessions:
    """All sessions by id, and how many requests are in logs that do not count, being copies of others."""

    by_id: dict[str, Session] = field(default_factory=dict[str, Session])
    copies: int = 0


def sessions_in(states: FileStates) -> Sessions:
    """Read what is kept of all logs."""
    found = Sessions()
    for file in states.files():
        _keep_fullest(found, _session(file, load_log(states.load(file).packed)))
    _set_baselines(found.by_id, states)
    return found


def _session(file: LogFile, state: LogState) -> Session:
    owner = state.owner
    id_ = owner.id or _id_in_name(file.path)
    owner.ancestors = [ancestor for ancestor in owner.ancestors if ancestor != id_]
    events = len(Rows(state.rows))
    state.rows = b""
    return Session(id_, file, state, events, _is_fork(owner))


def _keep_fullest(found: Sessions, session: Session) -> None:
    """Of several logs of one session keep the one with most in it; of equal ones the first by path."""
    other = found.by_id.get(session.id)
    if other is None or session.events > other.events:
        found.by_id[session.id], session = session, other or session
        if other is None:
            return
    found.copies += session.state.requests + session.state.repeats


def _id_in_name(path: str) -> str:
    name = PurePath(path).stem
    known = _ID_IN_NAME.search(name)
    return known.group() if known else name


def _is_fork(owner: Owner) -> bool:
    """Whether a log begins with lines of another one. A subagent without any counts from zero, whoever started it."""
    return bool(owner.ancestors) or (bool(owner.parent) and not owner.is_subagent)


def _parent(owner: Owner) -> str:
    """Return the id of the session a fork was made of: the one it names, else the only one it has lines of, else ""."""
    if owner.parent or len(owner.ancestors) != 1:
        return owner.parent
    return owner.ancestors[0]


def _set_baselines(sessions: Mapping[str, Session], states: FileStates) -> None:
    """Find out what each fork has copied."""
    parents = {session.id: _parent(session.state.owner) for session in sessions.values() if session.is_fork}
    circular = _circular(parents)
    children: dict[str, list[Session]] = {}
    for id_, parent in parents.items():
        sessions[id_].baseline = None
        if id_ not in circular and parent in sessions and sessions[id_].state.owner.forked_at is not None:
            children.setdefault(parent, []).append(sessions[id_])
    for parent, forks in children.items():
        rows = Rows(load_log(states.load(sessions[parent].file).packed).rows)
        baselines = totals_at(rows, [fork.state.owner.forked_at or 0 for fork in forks])
        for fork, baseline in zip(forks, baselines, strict=True):
            fork.baseline = baseline


def _circular(parents: Mapping[str, str]) -> set[str]:
    """Return the sessions that are their own ancestors."""
    walks: dict[str, int] = {}
    circular: set[str] = set()
    for number, start in enumerate(parents):
        id_ = start
        while id_ in parents and id_ not in walks:
            walks[id_] = number
            id_ = parents[id_]
        while walks.get(id_) == number and id_ not in circular:
            circular.add(id_)
            id_ = parents[id_]
    return circular


def totals_at(rows: Rows, moments: Iterable[int]) -> list[Usage | None]:
    """Return the cumulative total at the last event not later than each moment, in milliseconds since 1970 (UTC).

    It is nothing before the first event. It is None, not known, when the count had begun anew before that event: a copy
    then holds totals that are larger.
    """
    later = list(accumulate(reversed(rows.times()), min))[::-1]
    places = [bisect_right(later, moment) - 1 for moment in moments]
    totals: dict[int, Usage | None] = {-1: NOTHING}
    wanted = set(places)
    so_far, highest = NOTHING, NOTHING
    for place, row in enumerate(rows):
        so_far = so_far.plus(row.last or NOTHING) if row.total is None else row.total
        highest = highest if row.total is None else highest.highest(row.total)
        if place in wanted:
            totals[place] = so_far if highest.fits_in(so_far) else None
    return [totals[place] for place in places]
