"""Whether a provider took a fault well: outcome, time, texts, credentials, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codexbar_qt.provider_api import ServiceUnavailable, Snapshot
from codexbar_qt.provider_testing.fault_contents import PERSON
from codexbar_qt.provider_testing.fault_loop import SkippingLoop
from codexbar_qt.provider_testing.fault_reach import Reach, credentials_of
from codexbar_qt.provider_testing.fault_run import COMPLAINT, LogKeeper, cause_of, run_disturbed
from codexbar_qt.provider_testing.runner import wording_problems

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import Provider, ProviderError
    from codexbar_qt.provider_api.fallback import FetchResult
    from codexbar_qt.provider_testing.case import Case
    from codexbar_qt.provider_testing.fault_reach import Place
    from codexbar_qt.provider_testing.fault_run import DisturbedRun

LONGEST_MESSAGE = 500
SnapshotCheck = Callable[["Provider", Snapshot, "datetime"], Iterable[str]]
"""Says what is wrong with a snapshot that came out of a disturbed run: of the provider, at the time of the case."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case with what its undisturbed run showed: which credential, by name, went where."""

    case: Case
    credentials: Mapping[str, str]
    sent: Mapping[str, frozenset[Place]]
    seen: set[object] = field(default_factory=set[object])


class FaultJudge:
    """Knows the undisturbed runs of a provider's cases and finds fault with disturbed ones.

    `check` says what is wrong with a snapshot beyond what the contract checks by itself; it sees each one once.
    """

    def __init__(self, provider: Provider, cases: Sequence[Case], check: SnapshotCheck | None = None) -> None:
        self.provider = provider
        self._check = check
        self._reach = Reach()
        with closing(SkippingLoop()) as loop, LogKeeper() as log:
            self.known = tuple(loop.run_until_complete(self._learn(case, log)) for case in cases)

    def problems(
        self, known: KnownCase, run: DisturbedRun, case: Case, *, stalls: bool = False, repeats_texts: bool = False
    ) -> list[str]:
        """Return one sentence for everything that is wrong with a run of `case`, which is `known.case` with a fault.

        `stalls`: something did not come back, so waiting is in order. `repeats_texts`: the fault puts texts of the
        request into data, which may be shown and may be part of a later address.
        """
        secrets = known.credentials.keys()
        problems = [run.failure] if run.failure else []
        problems += [f"the task {name} was left behind" for name in run.tasks_left]
        problems += self._time_problems(run, stalls=stalls)
        problems += _outcome_problems(run, secrets)
        problems += _log_problems(run, secrets)
        problems += [] if repeats_texts else _url_problems(run, secrets)
        problems += _port_problems(run, case)
        problems += [f"nothing was saved as {place}" for place, text in run.saved.items() if not text.strip()]
        problems += self._reach.problems(known.credentials, known.sent, run.requests)
        return problems + self._snapshot_problems(known, run, may_repeat=repeats_texts)

    async def _learn(self, case: Case, log: LogKeeper) -> KnownCase:
        run = await run_disturbed(self.provider, case, None, log)
        credentials = credentials_of(case, self.provider)
        return KnownCase(case, credentials, self._reach.learn(credentials, run.requests))

    def _time_problems(self, run: DisturbedRun, *, stalls: bool) -> list[str]:
        limits = [attempt.strategy.limit_seconds for attempt in run.result.attempts] if run.result else []
        limits = limits or [strategy.limit_seconds for strategy in self.provider.strategies]
        if run.seconds > sum(limits) + 0.5:
            return [f"it took {run.seconds:g} s of {sum(limits):g}"]
        if not stalls and run.seconds >= min(limits):
            return [f"it hung for {run.seconds:g} s although nothing stalled"]
        return []

    def _snapshot_problems(self, known: KnownCase, run: DisturbedRun, *, may_repeat: bool) -> list[str]:
        snapshot = run.result.snapshot if run.result else None
        if snapshot is None:
            return []
        try:
            if (may_repeat, snapshot) in known.seen:
                return []
            known.seen.add((may_repeat, snapshot))
        except TypeError:  # something in it cannot be hashed; `check` will have a word about that
            pass
        problems = self._checked(snapshot, known.case)
        if not may_repeat:
            told = repr(asdict(snapshot))  # its own representation leaves personal fields out
            problems += [
                f"the {name} shows in the snapshot" for text, name in known.credentials.items() if text in told
            ]
        return problems

    def _checked(self, snapshot: Snapshot, case: Case) -> list[str]:
        try:
            return list(self._check(self.provider, snapshot, case.now)) if self._check else []
        except Exception as error:
            return [f"the snapshot cannot be shown: {cause_of(error)}"]


def _outcome_problems(run: DisturbedRun, secrets: Iterable[str]) -> list[str]:
    problems = [f"the foreign exception holds a secret: {run.failure}"] if _holds(run.failure, secrets) else []
    for error in _errors(run.result) if run.result else []:
        problems += [*wording_problems(error.message), *_message_problems(error, secrets)]
    return problems


def _message_problems(error: ProviderError, secrets: Iterable[str]) -> list[str]:
    kind, message = type(error).__name__, error.message
    problems: list[str] = []
    if _holds(message, secrets) or _holds(str(vars(error)), secrets):
        problems.append(f"a secret shows in the message of {kind}")
    if PERSON in message:
        problems.append(f"somebody's address shows in the message of {kind}: {message!r}")
    if len(message) > LONGEST_MESSAGE or not message.isprintable():
        problems.append(f"the message of {kind} is not one short line: {message[:LONGEST_MESSAGE]!r}")
    if isinstance(error, ServiceUnavailable) and (error.reason == "status") != (error.status is not None):
        problems.append(f"reason {error.reason} and status {error.status} do not fit")
    return problems


def _log_problems(run: DisturbedRun, secrets: Iterable[str]) -> list[str]:
    problems = [line for line in run.log if line.startswith(COMPLAINT)]
    if any(_holds(line, secrets) for line in run.log):
        problems.append("a secret shows in the log")
    if any(PERSON in line for line in run.log):
        problems.append("somebody's address shows in the log")
    if any(_holds(" ".join(command.argv), secrets) for command in run.commands):
        problems.append("a secret is in the arguments of a command")
    return problems


def _url_problems(run: DisturbedRun, secrets: Iterable[str]) -> list[str]:
    urls = [request.url for request in run.requests]
    return [f"a secret is in the URL: {url.partition('?')[0]}" for url in urls if _holds(url, secrets)]


def _port_problems(run: DisturbedRun, case: Case) -> list[str]:
    known = {port for process in case.processes for port in process.ports or ()}
    known |= {urlsplit(answer.url).port or 0 for answer in case.http}
    strange = sorted(set(run.ports) - known)
    return [f"the ports {strange} belong to nobody"] if strange else []


def _errors(result: FetchResult) -> list[ProviderError]:
    found = [attempt.error for attempt in result.attempts if attempt.error is not None]
    if result.error is not None and not any(result.error is error for error in found):
        found.append(result.error)
    return found


def _holds(text: str, secrets: Iterable[str]) -> bool:
    return any(secret in text for secret in secrets)
