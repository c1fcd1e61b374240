"""What is kept of one Codex log, and how it grows line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.codex.lines import Fact, SessionFact, TurnFact, UsageFact
from codexbar_qt.cost.codex.rows import Row, Rows
from codexbar_qt.cost.codex.usage import NOTHING, Increments, Usage
from codexbar_qt.cost.values import SLOT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN_MODEL = "unknown"
_SLOT_MILLISECONDS = SLOT_SECONDS * 1000
_MOST_ANCESTORS = 3
"""Enough to tell one from several, the session itself not counted."""

SpentKey = tuple[int, int, bool, bool]
"""Slot, the model's place in the log's list, whether it is long, whether it is fast."""


class Spent(msgspec.Struct, array_like=True):
    """Requests and tokens of one key."""

    requests: int = 0
    usage: Usage = NOTHING


class Owner(msgspec.Struct, array_like=True):
    """What the first `session_meta` says, and the ids of the sessions it has copied lines of."""

    is_known: bool = False
    id: str = ""
    folder: str = ""
    parent: str = ""
    forked_at: int | None = None
    is_subagent: bool = False
    ancestors: list[str] = []


class LogState(msgspec.Struct, array_like=True):
    """One log. `spent` holds its increments as a session of its own; `rows` allow for counting it as a fork.

    `previous` is the cumulative total so far and `highest` the largest value of each field. `repeats` are events whose
    total was seen before. `tail` is what a last line without its end says: it counts, but is read again.
    """

    owner: Owner = msgspec.field(default_factory=Owner)
    models: list[str] = []
    model: str = ""
    is_fast: bool = False
    previous: Usage = NOTHING
    highest: Usage = NOTHING
    repeats: int = 0
    long_lines: int = 0
    broken_lines: int = 0
    spent: dict[SpentKey, Spent] = {}
    rows: bytes = b""
    tail: Fact | None = None

    @property
    def requests(self) -> int:
        """How many increments there are."""
        return sum(spent.requests for spent in self.spent.values())


_DECODER = msgspec.msgpack.Decoder(LogState)
_ENCODER = msgspec.msgpack.Encoder()


class CodexLog:
    """A log while it is read. `packed` is what `packed()` gave for the part before."""

    def __init__(self, packed: bytes | None = None) -> None:
        self.state = _DECODER.decode(packed) if packed is not None else LogState()
        self._rows = Rows(self.state.rows)
        self._increments = Increments(previous=self.state.previous)
        self._places = {model: place for place, model in enumerate(self.state.models)}
        self.state.tail = None

    def packed(self) -> bytes:
        """Return everything as bytes, for the next reading."""
        return _ENCODER.encode(self.finished())

    def finished(self) -> LogState:
        """Return everything as values."""
        self.state.rows = self._rows.packed()
        self.state.previous = self._increments.previous
        return self.state

    def add(self, fact: Fact) -> None:
        """Take in what one line says."""
        if isinstance(fact, UsageFact):
            self._add_usage(fact)
        elif isinstance(fact, TurnFact):
            self._add_turn(fact)
        else:
            self._add_session(fact)

    def miss_owner(self) -> None:
        """Take in that the line that says whose log it is cannot be read: those that follow are copies."""
        self.state.owner.is_known = True

    def _add_session(self, fact: SessionFact) -> None:
        owner = self.state.owner
        if not owner.is_known:
            self.state.owner = Owner(
                True, fact.id, fact.folder, fact.parent, fact.at, fact.is_subagent, owner.ancestors
            )
        elif fact.id != owner.id and fact.id not in owner.ancestors and len(owner.ancestors) < _MOST_ANCESTORS:
            owner.ancestors.append(fact.id)

    def _add_turn(self, fact: TurnFact) -> None:
        if fact.model is not None:
            self.state.model = fact.model
        if fact.is_fast is not None:
            self.state.is_fast = fact.is_fast
        if not self.state.owner.folder:
            self.state.owner.folder = fact.folder

    def _add_usage(self, fact: UsageFact) -> None:
        state = self.state
        if fact.total is None:
            if fact.last == NOTHING:
                return
        elif fact.total.fits_in(state.highest):
            place = self._rows.place_of(fact.total)
            if place is not None:
                self._rows.add_copy(place)
                state.repeats += fact.total != NOTHING
                return
        else:
            state.highest = fact.total if state.highest.fits_in(fact.total) else state.highest.highest(fact.total)
        row = Row(fact.at, self._model_place(state.model or fact.model), state.is_fast, fact.total, fact.last, 0)
        self._rows.add(row)
        spend(state.spent, row, self._increments.take(fact.total, fact.last))

    def _model_place(self, name: str) -> int:
        model = name or UNKNOWN_MODEL
        if model not in self._places:
            self._places[model] = len(self.state.models)
            self.state.models.append(model)
        return self._places[model]


def load_log(packed: bytes) -> LogState:
    """Return what is kept of a log, with its last line."""
    state = _DECODER.decode(packed)
    if state.tail is None:
        return state
    log = CodexLog(packed)
    log.add(state.tail)
    return log.finished()


def spend(spent: dict[SpentKey, Spent], row: Row, added: Usage) -> bool:
    """Count an increment; say whether there was one."""
    if added == NOTHING:
        return False
    key = (row.at // _SLOT_MILLISECONDS, row.model, added.is_long, row.is_fast)
    entry = spent.get(key)
    if entry is None:
        spent[key] = Spent(1, added.consistent())
    else:
        entry.requests += 1
        entry.usage = entry.usage.plus(added.consistent())
    return True


def increments_of(state: LogState, baseline: Usage) -> Iterator[tuple[Row, Usage]]:
    """Yield the events of a log, each with what it added."""
    increments = Increments(baseline)
    for row in Rows(state.rows):
        yield row, increments.take(row.total, row.last)
