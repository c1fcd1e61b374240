"""However logs come about and however scans are cut short, the last scan gives what one from scratch gives."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codexbar_qt.cost import line_blocks
from codexbar_qt.cost.claude.lines import BrokenLineError
from codexbar_qt.cost.family import ScanCancelled
from codexbar_qt.cost.reading_pool import ReadingPool
from codexbar_qt.cost.values import TokenCounts
from tests.unit.cost.claude.claude_world import ClaudeWorld, left_out, line, read_one, requests, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from codexbar_qt.cost.claude.rows import Row
    from codexbar_qt.cost.family import LogFamily
    from codexbar_qt.cost.plan import Work
    from codexbar_qt.cost.reading_pool import Outcome
    from codexbar_qt.cost.values import ScanProgress

NAMES = ("a", "b", "b/subagents/c", "d")
GROWING = settings(max_examples=60)

LINES = st.one_of(
    st.builds(
        lambda key, numbers, at, more: line(key, *numbers, at=at, **more),
        st.sampled_from([None, "1", "2", "3", "4"]),
        st.lists(st.integers(-2, 250_000), min_size=1, max_size=5),
        st.integers(-2000, 2000),
        st.fixed_dictionaries(
            {},
            optional={
                "isSidechain": st.booleans(),
                "model": st.sampled_from(["m", "claude-x@1"]),
                "metadata": st.just({"vertex": 1}),
                "other": st.text(max_size=5),
            },
        ),
    ),
    st.sampled_from([b"", b"\r", b'{"type":"user"}', b'{"usage":{"input_tokens":', b'\xff input_tokens"', b"x" * 900]),
    st.builds(lambda size: line("5", 7, message={"content": "x" * size}), st.integers(400, 900)),
)
CONTENTS = st.tuples(st.lists(LINES, max_size=8), st.sampled_from([b"", b"\n"])).map(
    lambda made: b"\n".join(made[0]) + (made[1] if made[0] else b"")
)


class ShuffledPool(ReadingPool):
    """Reads in another order, as helpers do."""

    def __init__(self, order: Callable[[list[Work]], None]) -> None:
        super().__init__()
        self._order = order

    def read(
        self, family: LogFamily, work: Sequence[Work], checkpoint: Callable[[int], None]
    ) -> Generator[tuple[Work, Outcome], None, None]:
        shuffled = list(work)
        self._order(shuffled)
        return super().read(family, shuffled, checkpoint)


class GrowingWorld(ClaudeWorld):
    """A world whose clock goes on with every change, so that each of them can be seen."""

    changes = 1_900_000_000

    def put(self, name: str, data: bytes, *, anew: bool = False) -> None:
        """Add to a log, or replace it."""
        if anew:
            self.write(name)
        self.append(name, data)
        self.changes += 1
        os.utime(self.path(name), (self.changes, self.changes))

    def scan_until(self, blocks: int) -> None:
        """Scan, and call it off at some moment."""
        left = blocks

        def told(_: ScanProgress) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise ScanCancelled

        with contextlib.suppress(ScanCancelled):
            self.scan(told)


@pytest.fixture(scope="module", autouse=True)
def small_blocks() -> Any:
    """Blocks and longest lines that a few lines are enough for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_blocks, "BLOCK_BYTES", 128)
        patch.setattr(line_blocks, "LONGEST_LINE", 700)
        yield


@GROWING
@given(st.data(), st.fixed_dictionaries({name: CONTENTS for name in NAMES}))
def test_in_any_pieces_with_any_interruption(data: st.DataObject, contents: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = GrowingWorld(Path(folder, "home"), Path(folder, "state"))
        pieces = [(name, place) for name, content in contents.items() for place in cuts(data, content)]
        for name, piece in data.draw(merged(pieces)):
            world.put(name, piece)
            step = data.draw(st.sampled_from(["go on", "scan", "interrupt"]))
            if step == "scan":
                world.scan(pool=ShuffledPool(data.draw(st.randoms(use_true_random=False)).shuffle))
            elif step == "interrupt":
                world.scan_until(data.draw(st.integers(0, 30)))
        assert world.scan() == world.scratch()
        assert world.scan() == world.scratch()
        assert whole(world, contents) == world.scratch()


def whole(world: ClaudeWorld, contents: dict[str, bytes]) -> object:
    """Scan logs that were written at once."""
    with tempfile.TemporaryDirectory() as folder:
        other = ClaudeWorld(Path(folder), world.folder)
        for name, content in contents.items():
            other.append(name, content)
        return other.scratch()


def cuts(data: st.DataObject, content: bytes) -> list[bytes]:
    places = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=3)))
    return [content[start:end] for start, end in zip([0, *places], [*places, len(content)], strict=True)]


@st.composite
def merged(draw: st.DrawFn, pieces: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the pieces in any order that keeps the order within each log."""
    waiting = {name: [piece for of, piece in pieces if of == name] for name, _ in pieces}
    order = draw(st.permutations([name for name, _ in pieces]))
    return [(name, waiting[name].pop(0)) for name in order]


@GROWING
@given(st.data())
def test_with_logs_that_are_replaced_cut_renamed_and_removed(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = GrowingWorld(Path(folder, "home"), Path(folder, "state"))
        for _ in range(data.draw(st.integers(1, 8))):
            name = data.draw(st.sampled_from(NAMES))
            change = data.draw(st.sampled_from(["add", "replace", "cut", "rename", "remove", "interrupt"]))
            path = world.path(name)
            if change in ("add", "replace"):
                world.put(name, data.draw(CONTENTS), anew=change == "replace")
            elif change == "interrupt":
                world.scan_until(data.draw(st.integers(0, 30)))
            elif path.exists():
                if change == "cut":
                    content = path.read_bytes()
                    world.put(name, content[: data.draw(st.integers(0, len(content)))], anew=True)
                elif change == "rename":
                    target = world.path(data.draw(st.sampled_from(NAMES)))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(target)
                else:
                    path.unlink()
            if data.draw(st.booleans()):
                assert world.scan() == world.scratch()
        assert world.scan() == world.scratch()


def counted(logs: dict[str, list[bytes]]) -> tuple[list[Row], dict[str, int]]:
    """Work out in the plainest way which rows count: the last line of each key in a file, then the best file."""
    best: dict[object, tuple[tuple[bool, bool, str], Row]] = {}
    left = dict.fromkeys(("long_line", "broken_line"), 0)
    for name, lines in logs.items():
        kept: dict[object, Row] = {}
        for number, text in enumerate(lines):
            if b'put_tokens"' not in text or len(text) > line_blocks.LONGEST_LINE:
                left["long_line"] += b'put_tokens"' in text
                continue
            try:
                row = read_one(text)
            except BrokenLineError:
                left["broken_line"] += 1
                continue
            if row is not None:
                kept[row.key or (name, number)] = row
        for key, row in kept.items():
            rank = (row.is_sidechain, "/subagents/" in name, name)
            best[key] = min(best.get(key, (rank, row)), (rank, row), key=lambda found: found[0])
    return [row for _, row in best.values()], {kind: count for kind, count in left.items() if count}


@GROWING
@given(st.fixed_dictionaries({name: st.lists(LINES, max_size=6) for name in NAMES}))
def test_each_request_counts_once_and_for_one_source(logs: dict[str, list[bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = ClaudeWorld(Path(folder, "home"), Path(folder, "state"))
        for name, lines in logs.items():
            world.write(name, *lines)
        ledger = world.scan()
        pages = {source: world.rows(source, first=0) for source in ("claude", "vertexai")}
    rows, left = counted(logs)
    assert (ledger.rows, left_out(ledger)) == (len(rows), left)
    for source, page in pages.items():
        of_source = [row for row in rows if row.is_vertex is (source == "vertexai")]
        assert requests(ledger, source) == len(of_source) == page.total
        expected = sum((TokenCounts(*row[5:]) for row in of_source), TokenCounts())
        assert tokens(ledger, source) == expected == sum((row.tokens for row in page.rows), TokenCounts())
