"""Programs of this machine: those a strategy runs, and those already running."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager


@dataclass(frozen=True, slots=True)
class Command:
    """A program run without a shell. `argv[0]` is an absolute path from `ProcessRunner.find`.

    `limit_seconds` bounds the whole run. `idle_limit` maps the text so far (stdout, newline, stderr, both trimmed) to
    the seconds of silence after which the run is stopped; it applies after the first output. `accept` decides on a
    finished or stopped attempt; with `pty_fallback` an attempt over a pseudo-terminal (50 x 200) follows a pipe attempt
    that stayed silent for min(5 s, limit / 2) or ended unacceptably, within the same limit.
    `on_output` gets every piece of text of either stream as it arrives, on the caller's event loop, before `run`
    returns.
    """

    argv: tuple[str, ...]
    limit_seconds: float
    idle_limit: Callable[[str], float] | None = None
    accept: Callable[[CommandResult], bool] | None = None
    pty_fallback: bool = False
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    on_output: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a run ended. `exit_code` is None when the run was stopped; `stopped_by` says at which limit."""

    exit_code: int | None
    stdout: str = field(repr=False)
    stderr: str = field(default="", repr=False)
    stopped_by: Literal["idle", "limit"] | None = None
    transport: Literal["pipe", "pty"] = "pipe"

    @property
    def text(self) -> str:
        """Trimmed stdout, newline, trimmed stderr."""
        return f"{self.stdout.strip()}\n{self.stderr.strip()}".strip()


class HeldProgram(Protocol):
    """A program that is kept running, see `ProcessRunner.hold`."""

    @property
    def pid(self) -> int:
        """The process below which the program runs; look at its descendants too."""
        ...

    @property
    def is_running(self) -> bool:
        """Whether the program has not ended yet."""
        ...

    @property
    def text(self) -> str:
        """The last 64 KiB it has printed since it was started."""
        ...

    async def stop(self) -> None:
        """End it now, instead of keeping it."""
        ...


class ProcessRunner(Protocol):
    """Runs local programs in their own process group, bounded in time and output, never through a shell."""

    async def find(self, name: str, *, env: str = "", extra: Sequence[str] = ()) -> str | None:
        """Return the absolute path of a program: variable `env` if executable, login-shell PATH, PATH, `extra`.

        Nothing found is not remembered: the next call looks again.
        """
        ...

    async def run(self, command: Command) -> CommandResult:
        """Run to the end or to a limit; the whole process tree is gone when this returns. Output is at most 1 MiB.

        Raises ToolNotInstalled when the program cannot be started because it is missing, ToolFailed when it cannot
        be started for another reason.
        """
        ...

    def hold(self, command: Command, *, keep_seconds: float) -> AbstractAsyncContextManager[HeldProgram]:
        """Run a program in a pseudo-terminal (50 x 200) while the block lasts.

        In the tray app it is kept for `keep_seconds` after the block, and a block with the same `argv` meanwhile takes
        it up again; the command line ends it with the block. It never lives longer than `command.limit_seconds` nor
        longer than the app. Of the fields of `command` only `argv`, `limit_seconds` and `env` count.

        Raises ToolNotInstalled or ToolFailed on entering, as `run` does.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalProcess:
    """A running process. `command_line` is its whole argument vector joined by spaces and may hold secrets."""

    pid: int
    command_line: str = field(repr=False)
    executable: str = ""


class ProcessTable(Protocol):
    """What runs on this machine for this user; processes that cannot be read are left out."""

    async def find(self, matches: Callable[[str], bool]) -> tuple[LocalProcess, ...]:
        """Return the processes whose command line `matches`, by process id; at most 64, never this app itself."""
        ...

    async def descendants(self, pid: int) -> tuple[LocalProcess, ...]:
        """Return the children of a process and theirs, at most 64; empty when it is gone."""
        ...

    async def listening_ports(self, pid: int) -> tuple[int, ...]:
        """Return the TCP ports on which exactly this process listens, ascending; empty when it is gone.

        Raises ToolFailed when the system does not tell.
        """
        ...
