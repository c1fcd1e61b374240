"""However logs grow, are repeated, forked, ordered and interrupted: the totals are those that were used."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codexbar_qt.cost.codex import CODEX_FAMILY
from codexbar_qt.cost.family import ScanCancelled
from tests.unit.cost.codex.codex_world import (
    START_AT,
    CodexWorld,
    Tokens,
    by_session,
    count,
    left_out,
    meta,
    tier,
    turn,
)

MODELS = ("gpt-5", "gpt-5.5", "")
SETTINGS = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])


def _add(one: Tokens, other: Tokens) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


@dataclass
class Told:
    """A session: its lines, how often it was counted, and what it used itself."""

    id: str
    lines: list[str]
    total: tuple[int, ...] = (0, 0, 0)
    used: int = 0
    events: list[str] = field(default_factory=list[str])


@st.composite
def sessions(draw: st.DrawFn) -> list[Told]:
    """Return sessions that go on next to each other; some begin as forks of what others were then."""
    told = [Told("s0", [meta("s0")])]
    for at in range(600, draw(st.integers(1200, 18_000)), 600):
        session = draw(st.sampled_from(told))
        if draw(st.integers(0, 9)) == 0:
            told.append(_fork(session, f"s{len(told)}", at))
        elif draw(st.integers(0, 5)) == 0:
            session.lines.append(draw(st.sampled_from([*map(turn, MODELS), tier("priority"), tier(None)])))
        elif session.events and draw(st.integers(0, 3)) == 0:
            session.lines.append(draw(st.sampled_from(session.events)))
        else:
            _use(session, at, draw(st.tuples(*[st.integers(0, 300_000)] * 3)), draw(st.booleans()))
    return told


def _fork(parent: Told, id_: str, at: float) -> Told:
    lines = [meta(id_, at, forked_from_id=parent.id), meta(parent.id), *parent.events]
    return Told(id_, lines, parent.total, 0, list(parent.events))


def _use(session: Told, at: float, used: tuple[int, ...], tells_last: bool) -> None:
    session.total = _add(session.total, used)
    session.used += used[0] + used[2]
    event = count(at, session.total, used if tells_last else None)
    session.events.append(event)
    session.lines.append(event)


def _data(told: list[Told]) -> dict[str, bytes]:
    return {session.id: "\n".join([*session.lines, ""]).encode() for session in told}


@SETTINGS
@given(sessions(), st.integers(0, 18_000), st.integers(0, 18_000))
def test_what_was_used_is_counted_once(told: list[Told], first: int, last: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = CodexWorld(Path(folder))
        for session in told:
            world.write(session.id, *session.lines)

        ledger = world.scan()

        assert by_session(ledger) == {session.id: session.used for session in told if session.used}
        assert left_out(ledger) == {}
        rows = world.rows()
        assert sum(row.tokens.total for row in rows) == sum(session.used for session in told)
        begin, end = START_AT + first, START_AT + last
        assert world.rows(begin, end) == [row for row in rows if begin <= row.at < end]


@SETTINGS
@given(sessions(), st.data())
def test_any_split_of_appends_gives_the_same_as_one_scan(told: list[Told], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, rest = CodexWorld(Path(folder)), _data(told)
        for share in [*data.draw(st.lists(st.floats(0, 1), max_size=5)), 1.0]:
            for name, content in rest.items():
                size = round(share * len(content))
                world.append(name, content[:size])
                rest[name] = content[size:]
            assert world.scan() == world.scratch()

        whole = CodexWorld(Path(folder))
        whole.scan()
        assert world.rows() == whole.rows()
        for file in world.states.files():
            assert world.states.load(file) == whole.states.load(file)


@SETTINGS
@given(sessions(), st.data())
def test_files_are_read_in_any_order_and_with_any_interruption(told: list[Told], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = CodexWorld(Path(folder))
        for name, content in _data(told).items():
            world.append(name, content)
        files = CODEX_FAMILY.find(world.places).files

        def stop(_size: int) -> None:
            if data.draw(st.booleans()):
                raise ScanCancelled

        pending = data.draw(st.permutations(files))
        while pending:
            try:
                world.read(pending[-1], stop)
                pending.pop()
            except ScanCancelled:
                pending = data.draw(st.permutations(pending))
        assert CODEX_FAMILY.assemble(world.states) == world.scratch()
