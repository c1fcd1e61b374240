"""Adds the sessions of Codex up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.cost.bucket_sums import BucketSums
from codexbar_qt.cost.codex.log import Spent, SpentKey, increments_of, load_log, spend
from codexbar_qt.cost.codex.sessions import sessions_in
from codexbar_qt.cost.values import SLOT_SECONDS, Ledger, LeftOut, SessionUsage, UsageBucket, UsageRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.cost.codex.sessions import Session
    from codexbar_qt.cost.family import FileStates
    from codexbar_qt.cost.values import LeftOutKind

SOURCE = "codex"


@dataclass(slots=True)
class _Sums:
    """What has been added up so far."""

    buckets: BucketSums = field(default_factory=BucketSums)
    sessions: list[SessionUsage] = field(default_factory=list[SessionUsage])
    left_out: dict[LeftOutKind, int] = field(default_factory=dict["LeftOutKind", int])
    rows: int = 0
    duplicates: int = 0

    def leave_out(self, kind: LeftOutKind, count: int) -> None:
        if count:
            self.left_out[kind] = self.left_out.get(kind, 0) + count


def ledger_of(states: FileStates) -> Ledger:
    """Return what all logs add up to."""
    found = sessions_in(states)
    sums = _Sums(duplicates=found.copies)
    for session in sorted(found.by_id.values(), key=lambda session: session.id):
        if session.baseline is None:
            sums.leave_out("unknown_baseline", 1)
        else:
            _add(session, sums, states)
    return Ledger(
        family=SOURCE,
        buckets=sums.buckets.buckets(),
        sessions=tuple(sums.sessions),
        left_out=tuple(LeftOut(kind, count) for kind, count in sorted(sums.left_out.items())),
        files=len(states.files()),
        rows=sums.rows,
        duplicates=sums.duplicates,
    )


def rows_of(states: FileStates, first: int, last: int) -> list[UsageRow]:
    """Return the increments between two moments, in seconds since 1970 (UTC), the earliest first."""
    rows: list[UsageRow] = []
    for session in sessions_in(states).by_id.values():
        if _may_have_rows(session, first, last):
            rows.extend(_rows(session, states, first, last))
    return sorted(rows, key=lambda row: (row.at, row.file))


def _may_have_rows(session: Session, first: int, last: int) -> bool:
    """Whether a session is worth opening: its slots tell, unless it is a fork, which has others than are kept."""
    if session.is_fork:
        return session.baseline is not None
    return any(first < (slot + 1) * SLOT_SECONDS and slot * SLOT_SECONDS < last for slot, *_ in session.state.spent)


def _add(session: Session, sums: _Sums, states: FileStates) -> None:
    state = session.state
    spent = _spent_by_fork(session, states) if session.is_fork else state.spent
    requests = sum(entry.requests for entry in spent.values())
    sums.rows += requests
    sums.duplicates += state.repeats + (session.events - requests if session.is_fork else 0)
    sums.leave_out("long_line", state.long_lines)
    sums.leave_out("broken_line", state.broken_lines)
    buckets = tuple(sorted(_buckets(state.models, spent), key=_key))
    sums.buckets.add_buckets(buckets)
    if buckets:
        sums.sessions.append(SessionUsage(session.id, SOURCE, state.owner.folder, buckets))


def _spent_by_fork(session: Session, states: FileStates) -> dict[SpentKey, Spent]:
    """Return what a fork spent by itself."""
    spent: dict[SpentKey, Spent] = {}
    if session.baseline is not None:
        for row, added in increments_of(load_log(states.load(session.file).packed), session.baseline):
            spend(spent, row, added)
    return spent


def _rows(session: Session, states: FileStates, first: int, last: int) -> Iterable[UsageRow]:
    if session.baseline is None:
        return
    state = load_log(states.load(session.file).packed)
    for row, added in increments_of(state, session.baseline):
        at = row.at // 1000
        if any(added) and first <= at < last:
            yield UsageRow(
                SOURCE,
                at,
                state.models[row.model],
                added.is_long,
                row.is_fast,
                added.consistent().counts(),
                session.file.path,
                row.copies,
            )


def _buckets(models: list[str], spent: dict[SpentKey, Spent]) -> Iterable[UsageBucket]:
    for (slot, model, is_long, is_fast), entry in spent.items():
        yield UsageBucket(SOURCE, slot, models[model], is_long, is_fast, entry.requests, entry.usage.counts())


def _key(bucket: UsageBucket) -> tuple[int, str, bool, bool]:
    return bucket.slot, bucket.model, bucket.is_long, bucket.is_fast
