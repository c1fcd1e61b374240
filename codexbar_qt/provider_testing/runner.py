"""Runs one case against a provider and says what is wrong with it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing.expectations import check_result, check_value, texts_of
from codexbar_qt.provider_testing.leaks import leak_problems
from codexbar_qt.provider_testing.ports import CasePorts, source_mode

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider
    from codexbar_qt.provider_api.fallback import FetchResult
    from codexbar_qt.provider_testing.case import Case

_FIRST_CHARACTERS = "'\"“"


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What came of a case: `problems` is empty when it passed, `result` None after a foreign exception."""

    case: Case
    problems: tuple[str, ...]
    result: FetchResult | None = None


async def run_case(provider: Provider, case: Case) -> CaseReport:
    """Fetch through fakes; compare result, requests, commands, writes, leaks, wording, tasks left behind."""
    ports = CasePorts.from_case(case, provider)
    before = asyncio.all_tasks()
    try:
        result = await run_strategies(provider, ports.context, source_mode(case, provider))
    except Exception as error:
        told = f"{type(error).__name__} is outside the error tree: {error}"
        return CaseReport(case, (told, *ports.problems()))
    left = asyncio.all_tasks() - before
    problems = check_result(result, case.expect)
    problems += _check_surroundings(provider, case, ports, result)
    problems += [f"{len(left)} tasks were left behind"] if left else []
    messages = [attempt.error.message for attempt in result.attempts if attempt.error]
    problems += [problem for message in messages for problem in wording_problems(message)]
    return CaseReport(case, (*problems, *ports.problems()), result)


def _check_surroundings(provider: Provider, case: Case, ports: CasePorts, result: FetchResult) -> list[str]:
    # Not the representation of the snapshot: that leaves personal fields out.
    told = {"result": repr(asdict(result.snapshot))} if result.snapshot else {}
    told |= {f"message of {type(item.error).__name__}": item.error.message for item in result.attempts if item.error}
    problems = leak_problems(case, provider, ports, told)
    if "tray_text" in case.expect and result.snapshot and provider.tray_text:
        shown = provider.tray_text(result.snapshot, case.preferences)
        problems += check_value("tray_text", shown, case.expect["tray_text"])
    elif "tray_text" in case.expect:
        problems.append("tray_text cannot be checked: no snapshot, or the provider has none")
    if "cached_cookie" in case.expect:
        kept = ports.browsers.cached
        problems += check_value("cached_cookie", kept[0] if kept else None, case.expect["cached_cookie"])
    for text in texts_of(case.expect, "log_has"):
        if not any(text in line for line in ports.log.lines):
            problems.append(f"no log remark has {text!r}: {ports.log.lines}")
    return problems


def wording_problems(message: str) -> list[str]:
    """Check a sentence for people: a capital first, a full stop last, no exclamation mark, no begging."""
    problems: list[str] = []
    first = message[:1]
    if not (first.isupper() or first.isdigit() or first in _FIRST_CHARACTERS or _is_a_name(message)):
        problems.append(f"the message does not start like a sentence: {message!r}")
    if not message.endswith((".", "…")) or "!" in message or "please" in message.lower():
        problems.append(f"the message is not a plain sentence: {message!r}")
    return problems


def _is_a_name(message: str) -> bool:
    # Such as kiro-cli or z.ai, which are written small.
    word = message.split(" ", 1)[0].rstrip(":.…")
    return "-" in word or "." in word
