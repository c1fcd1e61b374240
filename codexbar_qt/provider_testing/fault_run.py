"""Runs a provider with one fault in its world and keeps everything by which it can be judged."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing.fault_http import FaultHttp
from codexbar_qt.provider_testing.fault_programs import FaultProcesses
from codexbar_qt.provider_testing.ports import CasePorts, source_mode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from codexbar_qt.provider_api import Command, FetchContext, HttpRequest, Provider
    from codexbar_qt.provider_api.fallback import FetchResult
    from codexbar_qt.provider_testing.case import Case
    from codexbar_qt.provider_testing.fault_injection import Injection
    from codexbar_qt.provider_testing.fault_loop import SkippingLoop


class LogKeeper(logging.Handler):
    """Keeps what is logged through `logging` while the block lasts, whatever its level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._level = logging.NOTSET

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, traceback included."""
        self.lines.append(f"{record.levelname} {record.name}: {self.format(record)}")

    def __enter__(self) -> LogKeeper:
        root = logging.getLogger()
        self._level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self._level)

    def take(self) -> list[str]:
        """Return what was kept, and start anew."""
        lines, self.lines = self.lines, []
        return lines


@dataclass(frozen=True, slots=True)
class DisturbedRun:
    """What is left of a run: `result` is None and `failure` set after an exception outside the error tree.

    `requests` are all that went out, redirects included, `ports` those of this machine that were asked, `log` every
    remark and record, `saved` the credentials that were stored by place.
    """

    result: FetchResult | None
    failure: str = ""
    seconds: float = 0.0
    tasks_left: Sequence[str] = ()
    requests: Sequence[HttpRequest] = ()
    ports: Collection[int] = ()
    commands: Sequence[Command] = ()
    log: Sequence[str] = ()
    saved: Mapping[str, str] = field(default_factory=dict[str, str])


async def run_disturbed(provider: Provider, case: Case, injection: Injection | None, log: LogKeeper) -> DisturbedRun:
    """Fetch through fakes with `injection` in place (None: undisturbed). To be awaited in a SkippingLoop."""
    used = case if injection is None else injection.case
    ports = CasePorts.from_case(used, provider)
    stalled, patient = (None, False) if injection is None else (injection.stalled, injection.patient)
    http = FaultHttp(used.http, ports.context.clock, stalled=stalled, patient=patient)
    processes = FaultProcesses(used, ports.context.env, ports.files.home, stalled=stalled)
    context = replace(ports.context, http=http, processes=processes)
    loop = cast("SkippingLoop", asyncio.get_running_loop())
    loop.set_exception_handler(lambda _, told: log.lines.append(f"{COMPLAINT} {told}"))
    loop.made.clear()
    log.take()
    begun = loop.time()
    result, failure = await fetch(provider, context, used)
    seconds = loop.time() - begun
    return DisturbedRun(
        result=result,
        failure=failure,
        seconds=seconds,
        tasks_left=await end_tasks([task for task in loop.made if not task.done()]),
        requests=http.requests,
        ports=http.ports,
        commands=processes.commands,
        log=(*ports.log.lines, *log.take()),
        saved=ports.store.saved,
    )


COMPLAINT = "the event loop complained:"


async def fetch(provider: Provider, context: FetchContext, case: Case) -> tuple[FetchResult | None, str]:
    """Run the strategies of a case; the text says what was raised outside the error tree."""
    try:
        return await run_strategies(provider, context, source_mode(case, provider)), ""
    except (Exception, asyncio.CancelledError) as error:
        return None, f"{type(error).__name__} is outside the error tree: {cause_of(error)}"


async def end_tasks(left: Sequence[asyncio.Task[Any]]) -> tuple[str, ...]:
    """Cancel tasks and return their names."""
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=1.0)
    return tuple(sorted(getattr(task.get_coro(), "__qualname__", task.get_name()) for task in left))


def cause_of(error: BaseException) -> str:
    """Return kind, text and place of an exception, the first one of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__} {str(error)[:200]!r}{where}"
