"""What a strategy may touch: every file, process, request, variable and clock reading goes through these ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from codexbar_qt.provider_api.http import HttpClient
    from codexbar_qt.provider_api.secret import Secret

Platform = Literal["linux", "macos", "windows"]


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the current time, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Env(Protocol):
    """The only reader of environment variables (process first, then the `env` file beside the config)."""

    def get(self, name: str) -> str | None:
        """Return the value, cleaned of white space and one quote pair; None when unset or blank."""
        ...


class Credentials(Protocol):
    """Secrets of the account being fetched, by the keys of the declared SecretSettings.

    Order: selected token account, config, environment, `env` file.
    """

    async def get(self, key: str) -> Secret | None:
        """Return the secret or None."""
        ...

    async def require(self, key: str, *, message: str = "") -> Secret:
        """Return the secret; MissingCredential with `message` (default: made from the setting) when there is none."""
        ...


class SettingsView(Protocol):
    """Plain settings of the provider by the keys of its declared settings; config first, then environment."""

    def get(self, key: str) -> str | None:
        """Return the cleaned value; None when unset. A declared default applies; an unknown choice is the default.

        Raises InvalidSetting when the setting has a `check` and the value fails it.
        """
        ...

    def flag(self, key: str) -> bool:
        """Return a switch."""
        ...


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


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file or directory found; `modified_at` aware UTC, None when unreadable."""

    path: str
    name: str
    is_dir: bool
    modified_at: datetime | None


class HomeFiles(Protocol):
    """Files of the user, read-only but for `write_private_text`. Paths may start with `~`; they are never secret."""

    @property
    def home(self) -> str:
        """The home directory."""
        ...

    def expand(self, path: str) -> str:
        """Return `path` with a leading `~` expanded."""
        ...

    async def read_text(self, path: str, *, max_bytes: int = 4 * 1024 * 1024) -> str | None:
        """Return the UTF-8 text; None when the file does not exist.

        Raises ParseError for a file that is unreadable, larger than `max_bytes` or not UTF-8.
        """
        ...

    async def stat(self, path: str) -> FileInfo | None:
        """Return what stands at `path`, None when nothing does."""
        ...

    async def list_dir(self, path: str) -> tuple[FileInfo, ...]:
        """Return the entries of a directory by name, empty when there is none; at most 10 000."""
        ...

    async def query(self, path: str, sql: str, params: Sequence[str] = ()) -> tuple[tuple[object, ...], ...] | None:
        """Read rows of an SQLite file opened read-only (busy limit 250 ms), at most 1 000.

        Returns None when the file does not exist or cannot be read.
        """
        ...

    async def write_private_text(self, path: str, text: str) -> bool:
        """Create a file (0600, directory 0700) unless it exists; whether it was written. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """Facts about this machine; `time_zone` is an IANA name."""

    platform: Platform
    app_version: str = "0"
    os_name: str = "Linux"
    os_version: str = ""
    machine: str = "x86_64"
    host_name: str = "localhost"
    time_zone: str = "UTC"


class NoteLog(Protocol):
    """Where a strategy leaves a remark for the log; texts are redacted, never bodies or secrets."""

    def debug(self, message: str) -> None:
        """Write a remark."""
        ...


@dataclass(frozen=True, slots=True)
class FetchContext:
    """The ports of one fetch. `account_label` names the selected token account, `interactive` a user-initiated run."""

    http: HttpClient
    credentials: Credentials
    settings: SettingsView
    processes: ProcessRunner
    files: HomeFiles
    env: Env
    clock: Clock
    log: NoteLog
    system: SystemInfo = field(default_factory=lambda: SystemInfo("linux"))
    account_label: str | None = field(default=None, repr=False)
    interactive: bool = False
