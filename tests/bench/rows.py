"""Measures the budgets of the app; every function returns finished rows."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.profiles import LATENCY, slow_profile
from tests.bench.programs import Program, app, bare_tray, watched_app
from tests.bench.recorded_world import recorded_world
from tests.bench.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MB = 1_000_000
_PROVIDERS = 20
_WAVE = 8
"""As many fetches as run at once."""
_DEMO_FAILURES = ("RateLimited", "AuthRejected", "MissingCredential")
"""Demo data show a limited and a signed-out provider on purpose."""
_IN_WAVES = f"; {_WAVE} fetches run at once, so {{}} providers come in waves"
_SETTLE_SECONDS = 5.0
_LONG_WAIT = 60.0
_AFTER_OPENING = 3.0
"""Seconds; the popup asks for what is missing a moment after it was opened."""
_BARE = "bare PySide6 tray"


@dataclass(frozen=True, slots=True)
class Plan:
    """How often things are repeated, and where the programs show themselves."""

    environment: Mapping[str, str]
    folder: Path
    starts: int
    repeats: int
    remarks: list[str] = field(default_factory=list)
    """Texts below the table."""


def start_rows(plan: Plan) -> list[Row]:
    """Process start to icon, and the command line's shortest run."""
    icons = _alternate(plan.starts, lambda: _icon_ms(app("--demo"), plan), lambda: _icon_ms(bare_tray(), plan))
    version = [str(Path(sys.executable).with_name("codexbar")), "--version"]
    nothing = [sys.executable, "-c", "pass"]
    runs = _alternate(2 * plan.starts, lambda: _run_ms(version, plan), lambda: _run_ms(nothing, plan))
    return [
        Row("process start to tray icon shown", icons[0], "ms", 1.6, icons[1], _BARE),
        Row("codexbar --version", runs[0], "ms", 3.0, runs[1], "python -c pass"),
    ]


def idle_rows(plan: Plan) -> list[Row]:
    """Memory and processor time of an app nobody looks at; takes a little more than a minute."""
    with (
        slow_profile(plan.folder / "idle", _PROVIDERS) as (variables, _),
        Program(bare_tray(), plan.environment) as bare,
        Program(bare_tray("--libraries"), plan.environment) as libraries,
        Program(watched_app("--demo"), plan.environment) as demo,
        Program(watched_app("--demo"), plan.environment) as opened,
        Program(watched_app(), {**plan.environment, **variables}) as own,
    ):
        bare.wait("icon")
        libraries.wait("libraries")
        for program in (demo, opened, own):
            program.wait("ready")
            _check_settled(program, _DEMO_FAILURES)
        opened.do("open")
        opened.do("close")
        time.sleep(_SETTLE_SECONDS)
        before = (own.cpu_seconds, own.wakeups, time.monotonic())
        time.sleep(_LONG_WAIT - _SETTLE_SECONDS)
        reference, kept = bare.resident / _MB, opened.resident / _MB
        time.sleep(_SETTLE_SECONDS)
        used, woken, passed = (
            after - first for after, first in zip((own.cpu_seconds, own.wakeups, time.monotonic()), before, strict=True)
        )
        demo_memory, own_memory, floor = (each.resident / _MB for each in (demo, own, libraries))
    share = f"the bare program with the app's libraries imported: {floor:.1f} MB, {floor / reference:.2f} x"
    note = f"{woken} wake-ups of any thread in {passed:.0f} s, popup hidden, {_PROVIDERS} providers on"
    return [
        Row("idle memory, popup never opened (demo)", demo_memory, "MB", 1.35, reference, _BARE),
        Row(f"idle memory, own profile, {_PROVIDERS} providers", own_memory, "MB", 1.35, reference, _BARE, share),
        Row("memory 60 s after the popup was opened and closed (demo)", kept, "MB", 2.0, reference, _BARE),
        Row("idle processor time over 60 s", 100 * used / passed, "%", 0.1, note=note),
    ]


def popup_rows(plan: Plan) -> list[Row]:
    """Opening the popup with 20 providers, in a fresh app and again."""
    first: list[float] = []
    second: list[float] = []
    for _ in range(plan.repeats):
        with Program(watched_app("--demo", clones=_PROVIDERS), plan.environment) as program:
            count = len(program.wait("ready")["providers"])
            if count != _PROVIDERS:
                raise RuntimeError(f"{count} providers are on, not {_PROVIDERS}")
            program.do("settle")
            program.do("beat 1")
            for times in (first, second):
                times.append(program.do("open")["ms"])
                program.do("close")
                program.do("beat 0.5")
    label = f"popup to first frame, {_PROVIDERS} providers"
    return [
        Row(f"{label}, first open", statistics.median(first), "ms", 100.0, note=_spread(first)),
        Row(f"{label}, second open", statistics.median(second), "ms", 50.0, note=_spread(second)),
    ]


def refresh_rows(plan: Plan) -> list[Row]:
    """Refreshing everything over real HTTPS where each answer takes 300 ms, and how long the loop was kept busy."""
    rows: list[Row] = []
    for providers in (_WAVE, _PROVIDERS):
        with (
            slow_profile(plan.folder / f"refresh-{providers}", providers) as (variables, kinds),
            Program(watched_app(), {**plan.environment, **variables}) as program,
        ):
            note = f"{LATENCY * 1000:.0f} ms on every answer" + (
                _IN_WAVES.format(providers) if providers > _WAVE else ""
            )
            rows += _refresh_rows(program, plan, f"{providers} providers", kinds, note)
    with (
        recorded_world(plan.folder / "refresh-recorded") as world,
        Program(watched_app(), {**plan.environment, **world.variables}) as program,
    ):
        what = (
            f"all {len(world.ids)} built-in providers" if not world.left_out else f"{len(world.ids)} built-in providers"
        )
        rows += _refresh_rows(program, plan, what, world.ids, world.remark)
    return rows


def stall_rows(plan: Plan) -> list[Row]:
    """The loop during a refresh of the demo with 20 providers, popup hidden and on screen."""
    rows: list[Row] = []
    with Program(watched_app("--demo", clones=_PROVIDERS), plan.environment) as program:
        program.wait("ready")
        program.do("settle")
        for popup in ("hidden", "on screen"):
            if popup == "on screen":
                program.do("open")
                program.do(f"beat {_AFTER_OPENING}")
            stalls = _times(program, "refresh", 2 * plan.repeats, "stall_ms")
            calm = _times(program, "beat 0.5", plan.repeats, "stall_ms")
            rows.append(_stall_row(f"longest stall in a refresh, demo, popup {popup}", stalls, calm))
    return rows


def _refresh_rows(program: Program, plan: Plan, who: str, kinds: Sequence[str], note: str) -> list[Row]:
    program.wait("ready")
    _check_settled(program)
    slowest = max(statistics.median(_times(program, f"refresh {name}", plan.repeats, "ms")) for name in kinds)
    runs = [program.do("refresh") for _ in range(2 * plan.repeats)]
    calm = _times(program, "beat 1", plan.repeats, "stall_ms")
    took = statistics.median(run["ms"] for run in runs)
    stalls = [run["stall_ms"] for run in runs]
    return [
        Row(f"refresh of {who}", took, "ms", 1.15, slowest, "slowest single provider", note),
        _stall_row(f"longest stall in a refresh, HTTPS, {who}", stalls, calm),
    ]


def _stall_row(what: str, stalls: Sequence[float], calm: Sequence[float]) -> Row:
    note = f"{_spread(stalls)}; without a refresh {statistics.median(calm):.1f} ms"
    return Row(what, statistics.median(stalls), "ms", 16.0, note=note)


def _check_settled(program: Program, allowed: Sequence[str] = ()) -> None:
    failed = program.do("settle")["failed"]
    if set(failed) - set(allowed):
        raise RuntimeError(f"the measured app could not fetch: {failed}")


def _times(program: Program, command: str, repeats: int, key: str) -> list[float]:
    return [program.do(command)[key] for _ in range(repeats)]


def _icon_ms(command: Sequence[str], plan: Plan) -> float:
    with Program(command, plan.environment) as program:
        return float(program.wait("icon")["ms"])


def _run_ms(command: Sequence[str], plan: Plan) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=plan.environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000


def _alternate(times: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Return both medians; a first pair only warms the caches."""
    pairs = [(ours(), theirs()) for _ in range(times + 1)][1:]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f} ms in {len(values)} runs"
