"""A home in which every built-in provider finds what one of its recorded cases says, behind a slow proxy.

The case of a provider is the fullest good one that needs nothing but answers; without such a one, files; else programs
for which there is a fake tool.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from codexbar_qt.core.registry import load_registry
from codexbar_qt.provider_testing import load_case
from codexbar_qt.provider_testing.loopback_proxy import ProxyAnswer
from tests.bench.profiles import CONFIG_FOLDER, HEADERS, LATENCY, served, write_private
from tests.e2e.cli import case_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codexbar_qt.provider_testing import Case, HttpAnswer
    from codexbar_qt.provider_testing.loopback_proxy import ProxyRequest

_TESTS = Path(__file__).parents[1]
_FAKE_TOOLS = _TESTS / "e2e" / "fake_tools"


@dataclass(frozen=True, slots=True)
class World:
    """What takes part: the ids by the kind of their case, the ids without one, and the variables of the home."""

    with_answers: tuple[str, ...]
    with_files: tuple[str, ...]
    with_programs: tuple[str, ...]
    left_out: tuple[str, ...]
    variables: dict[str, str]

    @property
    def ids(self) -> tuple[str, ...]:
        """Everybody who takes part."""
        return (*self.with_answers, *self.with_files, *self.with_programs)

    @property
    def remark(self) -> str:
        """Who takes part, in words."""
        parts = [f"{LATENCY * 1000:.0f} ms on every answer of {len(self.with_answers)} services"]
        if self.with_files:
            parts.append(f"from files alone: {', '.join(self.with_files)}")
        if self.with_programs:
            parts.append(f"from a fake program: {', '.join(self.with_programs)}")
        if self.left_out:
            parts.append(f"left out, no case of theirs can be made real: {', '.join(self.left_out)}")
        return "; ".join(parts)


@contextmanager
def recorded_world(folder: Path) -> Iterator[World]:
    """Give the home. Raises RuntimeError at the end when something was asked that no case has recorded."""
    ids = [provider.id for provider in load_registry().providers]
    cases = {name: case for name in ids if (case := choose_case(name)) is not None}
    tools = [name for name in ids if name not in cases and _has_fake_tool(name)]
    entries = [_entry(name, case) for name, case in cases.items()]
    entries += [{"id": name, "enabled": True} for name in tools]
    config = folder / CONFIG_FOLDER
    config.mkdir(mode=0o700, parents=True)
    write_private(config / "config.json", {"version": 1, "providers": entries})
    write_private(config / "settings.json", {"refreshFrequency": "thirtyMinutes"})
    variables = {"PATH": os.pathsep.join((str(_FAKE_TOOLS), os.environ.get("PATH", os.defpath)))}
    for case in cases.values():
        case_world.build_home(case, folder)
        variables |= case_world.variables(case, folder)
    answers = SlowAnswers([answer for case in cases.values() for answer in case.http])
    with served(folder, answers.answer, answers.hosts()) as (leading_there, proxy):
        yield World(
            with_answers=tuple(name for name, case in cases.items() if case.http),
            with_files=tuple(name for name, case in cases.items() if not case.http),
            with_programs=tuple(tools),
            left_out=tuple(name for name in ids if name not in cases and name not in tools),
            variables={**variables, **leading_there},
        )
        unexpected = {f"{request.method} {request.url.partition('?')[0]}" for request in proxy.unexpected}
    if unexpected:
        raise RuntimeError(f"asked without being recorded: {', '.join(sorted(unexpected))}")


def choose_case(provider_id: str) -> Case | None:
    """Return the case of a provider that takes part, None when there is none that can be made real."""
    now = datetime.now(UTC)
    paths = sorted((_TESTS / "providers" / provider_id).glob("*.json"))
    usable = [case for path in paths if _is_usable(case := load_case(path, now=now))]
    # Of those that need least, the one that is looked at most closely.
    return min(usable, key=_needs, default=None)


def _needs(case: Case) -> tuple[bool, bool, int, int]:
    return not case.http, bool(case.env), len(case.files), -len(case.expect)


def _is_usable(case: Case) -> bool:
    if "error" in case.expect or case_world.obstacle(case) or not (case.http or case.files):
        return False
    if case.holds or case.processes or case.preferences or case.account or case.scope or case.writes or case.saves:
        return False
    if any(not path.startswith("~/") for path in case.files):
        return False
    return all(_is_plain(answer) for answer in case.http)


def _is_plain(answer: HttpAnswer) -> bool:
    parts = urlsplit(answer.url)
    is_far = parts.scheme == "https" and parts.hostname != "127.0.0.1"
    return is_far and answer.fault is None and 200 <= answer.status < 300


def _has_fake_tool(provider_id: str) -> bool:
    named = [path.name for path in _FAKE_TOOLS.iterdir() if path.name.startswith(f"{provider_id}-")]
    return os.name == "posix" and bool(named)


def _entry(provider_id: str, case: Case) -> dict[str, object]:
    entry = case_world.config_entry(provider_id, case)
    return entry | ({"source": case.source} if case.source else {})


class SlowAnswers:
    """Recorded answers again and again, each after the latency; times in an address do not have to be the recorded."""

    def __init__(self, answers: Sequence[HttpAnswer]) -> None:
        self._answers = tuple(answers)
        self._given: Counter[int] = Counter()

    def hosts(self) -> set[str]:
        """Return every host that may be asked."""
        return {str(urlsplit(answer.url).hostname) for answer in self._answers}

    def answer(self, request: ProxyRequest) -> ProxyAnswer | None:
        """Return the answer whose address is most alike, of several the one that was given least."""
        asked = urlsplit(request.url)
        known = [place for place, item in enumerate(self._answers) if _is_same_place(item, request)]
        if not known:
            return None
        wanted = set(parse_qsl(asked.query))
        alike = {place: len(wanted & set(parse_qsl(urlsplit(self._answers[place].url).query))) for place in known}
        chosen = min(known, key=lambda place: (-alike[place], self._given[place], place))
        self._given[chosen] += 1
        found = self._answers[chosen]
        return ProxyAnswer(found.status, {**HEADERS, **found.headers}, found.body, delay_seconds=LATENCY)


def _is_same_place(answer: HttpAnswer, request: ProxyRequest) -> bool:
    return (answer.method, answer.url.partition("?")[0]) == (request.method, request.url.partition("?")[0])
