"""Writes logs as Claude Code writes them, the same ones for the same plan.

Answers come in one to three lines with the same ids and growing usage. Among the sessions are some of subagents, some
that were resumed and begin with the history of another, some over Vertex AI and Bedrock, with an unknown model, with
prompts above 200,000 tokens and with caches that live for an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.bench.cost.said_texts import text_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODELS = (
    "claude-opus-4-5-20251101",
    "claude-sonnet-4-5-20250929",
    "claude-haiku-4-5-20251001",
    "claude-sonnet-4-6",
    "claude-opus-4-6",
)
_UNKNOWN = "claude-nova-9"
_WITH_LONG_RATES = "claude-sonnet-4-5-20250929"
_QUIET_TIME = timedelta(hours=10)
"""No session begins later than this before the end, so that none of them runs past it."""
_KINDS = ("plain", "resumed", "subagent", "vertex", "bedrock", "unknown", "long", "hour")
_WEIGHTS = (68, 7, 11, 2, 2, 2, 3, 5)
_LARGE_RESULTS = 0.005
_FOLDERS = 30


@dataclass(frozen=True, slots=True)
class LogPlan:
    """How much to write: bytes in all and in how many files, over so many days before `end`."""

    end: datetime
    size: int = 600_000_000
    files: int = 900
    days: int = 90
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: bytes, lines with usage, and the path of the largest log of a main conversation."""

    size: int
    usage_lines: int
    largest: Path


@dataclass(slots=True)
class _Session:
    """A session: what all its lines have in common, and how full its context is."""

    id: str
    kind: str
    model: str
    folder: str
    at: datetime
    number: int
    context: int = 18_000
    agent: str = ""


def write_claude_logs(root: Path, plan: LogPlan) -> Written:
    """Write logs below `root`/projects."""
    chance = Random(plan.seed)
    writer = _Writer(chance, text_pieces(chance))
    weights = [chance.lognormvariate(0, 0.6) for _ in range(plan.files)]
    total = lines = 0
    largest, largest_size = root, 0
    earlier: list[str] = []
    parent: _Session | None = None
    for number, weight in enumerate(weights):
        session = _session(chance, plan, number)
        if session.kind in ("resumed", "subagent") and parent is not None:
            session.folder = parent.folder
        log = root / "projects" / session.folder / f"{session.id}.jsonl"
        copied: list[str] = []
        if session.kind == "resumed" and earlier:
            copied = _resumed(chance, earlier, session.id)
        elif session.kind == "subagent":
            session.agent = f"{chance.getrandbits(32):08x}"
            log = log.parent / (parent or session).id / "subagents" / f"agent-{session.agent}.jsonl"
            copied = _repeated_by_subagent(chance, earlier)
        said = [*copied, *writer.lines(session, plan.size * weight / sum(weights) - sum(map(len, copied)))]
        log.parent.mkdir(parents=True, exist_ok=True)
        data = "".join(said).encode()
        log.write_bytes(data)
        total += len(data)
        lines += sum('_tokens":' in line for line in said)
        if session.kind != "subagent":
            earlier, parent = said, session
            largest, largest_size = max((largest, largest_size), (log, len(data)), key=lambda found: found[1])
    return Written(total, lines, largest)


def appended_turns(plan: LogPlan, turns: int) -> str:
    """Return lines of so many requests of a new session, to be appended to any log."""
    chance = Random(plan.seed + 1)
    session = _session(chance, plan, plan.files)
    session.kind, session.at = "plain", plan.end - _QUIET_TIME
    writer = _Writer(chance, text_pieces(chance))
    return "".join("".join(writer.turn(session)) for _ in range(turns))


def _session(chance: Random, plan: LogPlan, number: int) -> _Session:
    kind = chance.choices(_KINDS, _WEIGHTS)[0]
    model = chance.choice(_MODELS)
    if kind == "unknown":
        model = _UNKNOWN
    elif kind == "long":
        model = chance.choice((_WITH_LONG_RATES, "claude-sonnet-4-6", "claude-opus-4-6"))
    elif kind == "vertex":
        model = f"{_MODELS[number % 3][:-9]}@{_MODELS[number % 3][-8:]}"
    span = timedelta(days=plan.days) - _QUIET_TIME
    at = plan.end.astimezone(UTC) - _QUIET_TIME - chance.random() * span
    folder = f"-home-dev-project-{number % _FOLDERS}"
    session_id = f"{chance.getrandbits(32):08x}-{number:04x}-4000-8000-000000000000"
    session = _Session(session_id, kind, model, folder, at, number)
    if kind == "long":
        session.context = 190_000
    return session


def _resumed(chance: Random, earlier: list[str], session_id: str) -> list[str]:
    """Return the beginning of another session as a resumed one repeats it: under its own id, some within an answer."""
    end = chance.randrange(len(earlier) // 4, len(earlier) * 3 // 4 + 1)
    if chance.random() < 0.5:
        while end < len(earlier) and not _is_same_answer(earlier[end - 1], earlier[end]):
            end += 1
    kept = earlier[:end]
    own = f'"sessionId":"{session_id}"'
    return [_with_session(line, own) for line in kept]


def _is_same_answer(line: str, following: str) -> bool:
    request = line.partition('"requestId":"')[2][:30]
    return bool(request) and request in following


def _with_session(line: str, own: str) -> str:
    start = line.find('"sessionId":"')
    return line if start < 0 else line[:start] + own + line[start + len(own) :]


def _repeated_by_subagent(chance: Random, earlier: list[str]) -> list[str]:
    """Return answers of the parent that a subagent repeats: as they were, or under another request."""
    answers = [line for line in earlier if '"requestId":"' in line]
    if not answers or chance.random() < 0.6:
        return []
    repeated = [line.replace('"isSidechain":false', '"isSidechain":true', 1) for line in answers[-6:]]
    if chance.random() < 0.5:
        repeated = [line.replace('"requestId":"req_', '"requestId":"req_again', 1) for line in repeated]
    return repeated


class _Writer:
    """Makes the lines of sessions."""

    def __init__(self, chance: Random, pieces: list[str]) -> None:
        self._chance, self._pieces = chance, pieces

    def lines(self, session: _Session, size: float) -> Iterator[str]:
        """Go through lines until there are `size` bytes of them, as near as one answer."""
        yield f'{{"type":"summary","summary":"{self._text(1)}","leafUuid":"{self._id()}"}}\n'
        written = 0
        while written < size:
            for line in self.turn(session):
                written += len(line.encode())
                yield line

    def turn(self, session: _Session) -> Iterator[str]:
        """Go through the lines of one request: what a tool or a person said, and the answer."""
        chance = self._chance
        session.at += timedelta(seconds=chance.randrange(4, 50), milliseconds=chance.randrange(1000))
        parent = self._id()
        yield self._said_by_user(session, parent)
        number = chance.getrandbits(96)
        message_id, request_id = f"msg_01{number:024x}", f"req_011C{number:024x}"
        if session.kind in ("vertex", "bedrock"):
            message_id = f"msg_{'vrtx' if session.kind == 'vertex' else 'bdrk'}_01{number:024x}"
            request_id = f"req_vrtx_011C{number:024x}" if session.kind == "vertex" else ""
        model = chance.choice(_MODELS) if session.kind == "plain" and chance.random() < 0.1 else session.model
        usage = self._usage(session)
        chunks = chance.choices((1, 2, 3), (3, 4, 3))[0]
        output = chance.randrange(1, 9)
        for chunk in range(chunks):
            if chunk == chunks - 1:
                output += int(chance.expovariate(1 / 350))
            if session.kind != "bedrock" or chance.random() < 0.7:  # else within the same millisecond
                session.at += timedelta(milliseconds=chance.randrange(5, 1500))
            yield (
                f'{{"parentUuid":"{parent}",{self._common(session)},"message":{{"model":"{model}","id":"{message_id}",'
                f'"type":"message","role":"assistant","content":[{self._content(session)}],"stop_reason":null,'
                f'"stop_sequence":null,"usage":{{{usage},"output_tokens":{output},"service_tier":"standard",'
                f'"inference_geo":"not_available"}}}},'
                + (f'"requestId":"{request_id}",' if request_id else "")
                + f'"type":"assistant","uuid":"{self._id()}","timestamp":"{_stamp(session.at)}"}}\n'
            )

    def _usage(self, session: _Session) -> str:
        chance = self._chance
        grown = int(chance.expovariate(1 / 2500)) + 50
        limit = 420_000 if session.kind == "long" else 165_000
        read, session.context = session.context, session.context + grown
        if session.context > limit:
            session.context = 18_000
        hour = grown if session.kind == "hour" else grown // 3 if chance.random() < 0.02 else 0
        return (
            f'"input_tokens":{chance.randrange(1, 40)},"cache_creation_input_tokens":{grown},'
            f'"cache_read_input_tokens":{read},"cache_creation":{{"ephemeral_5m_input_tokens":{grown - hour},'
            f'"ephemeral_1h_input_tokens":{hour}}}'
        )

    def _said_by_user(self, session: _Session, own: str) -> str:
        large = self._chance.random() < _LARGE_RESULTS
        text = self._text(self._chance.randrange(60, 560) if large else self._chance.randrange(1, 4))
        stdout = text[:200].rpartition(" ")[0]  # never within an escaped character
        return (
            f'{{"parentUuid":"{self._id()}",{self._common(session)},"type":"user","message":{{"role":"user","content":'
            f'[{{"tool_use_id":"toolu_01{own[:8]}","type":"tool_result","content":"{text}","is_error":false}}]}},'
            f'"uuid":"{own}","timestamp":"{_stamp(session.at)}","toolUseResult":{{"stdout":"{stdout}",'
            f'"stderr":"","interrupted":false,"isImage":false}}}}\n'
        )

    def _content(self, session: _Session) -> str:
        kind = self._chance.random()
        if kind < 0.5:
            return f'{{"type":"text","text":"{self._text(self._chance.randrange(1, 4))}"}}'
        if kind < 0.6:
            return f'{{"type":"thinking","thinking":"{self._text(2)}","signature":"{self._id() * 6}"}}'
        return (
            f'{{"type":"tool_use","id":"toolu_01{self._id()[:8]}","name":"Edit","input":{{"file_path":'
            f'"/home/dev/project-{session.number % _FOLDERS}/vertexShader.py","new_string":"{self._text(2)}"}}}}'
        )

    def _common(self, session: _Session) -> str:
        is_side = "true" if session.agent else "false"
        agent = f',"agentId":"{session.agent}"' if session.agent else ""
        return (
            f'"isSidechain":{is_side},"userType":"external","cwd":"/home/dev/project-{session.number % _FOLDERS}",'
            f'"sessionId":"{session.id}","version":"2.1.34","gitBranch":"main"{agent}'
        )

    def _text(self, pieces: int) -> str:
        return "".join(self._chance.choices(self._pieces, k=pieces))

    def _id(self) -> str:
        number = f"{self._chance.getrandbits(128):032x}"
        return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
