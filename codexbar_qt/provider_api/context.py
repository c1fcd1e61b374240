"""What a strategy may touch: every file, process, request, variable and clock reading goes through these ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from codexbar_qt.provider_api.browser import BrowserStorage, CookieSessions
    from codexbar_qt.provider_api.http import HttpClient
    from codexbar_qt.provider_api.programs import ProcessRunner, ProcessTable
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

    async def save_rotated(self, key: str, value: Secret) -> bool:
        """Store a renewed secret where the present one comes from: the selected account or the config entry.

        False when it comes from the environment or could not be stored; the fetch goes on with the new value.
        """
        ...

    async def add_account(self, label: str, token: Secret) -> None:
        """Add a token account and select it, for an Action that signs somebody in.

        Raises InvalidSetting with a sentence when it could not be stored.
        """
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

    def is_stored(self, key: str) -> bool:
        """Whether the config itself has a value, usable or not: a default or a variable is none."""
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

    async def search(self, path: str, pattern: str, *, most: int = 8) -> tuple[str, ...]:
        """Return the distinct ASCII matches (at most 256 bytes each) of a regular expression in a file of any kind.

        Read in pieces, at most 512 MiB; empty when there is no file or it cannot be read.
        """
        ...

    async def write_private_text(self, path: str, text: str) -> bool:
        """Create a file (0600, directory 0700) unless it exists; whether it was written. Never raises."""
        ...

    async def replace_private_text(self, path: str, text: str) -> bool:
        """Create or replace a file at once (0600, directory 0700); whether it was written. Never raises."""
        ...

    async def read_private_text(self, path: str, *, max_bytes: int = 4 * 1024 * 1024) -> str | None:
        """Return the text of a file of ours, as `read_text` does; rights that others have to it are taken away first.

        Raises ParseError also when they cannot be taken away.
        """
        ...

    async def remove_private_text(self, path: str) -> bool:
        """Remove a file of ours; whether it is gone. Anything but a regular file stays. Never raises."""
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


class SessionMemory(Protocol):
    """What one account's fetches hand to the next ones, in memory only; emptied when its settings change."""

    def recall(self, key: str) -> Secret | None:
        """Return what was remembered, None when nothing was or its time has passed."""
        ...

    def remember(self, key: str, value: Secret, *, until: datetime) -> None:
        """Keep a value until a moment (aware UTC); at most 8 keys, the oldest goes first."""
        ...

    def forget(self, key: str) -> None:
        """Drop a value."""
        ...


class Desktop(Protocol):
    """The desktop of the person who pressed a button; for Actions only, never in a background fetch."""

    async def open_terminal(self, argv: Sequence[str]) -> bool:
        """Run a program in a new terminal window; False when no terminal could be opened."""
        ...

    async def receive_redirect(
        self, page: Callable[[str], str], *, path: str, limit_seconds: float
    ) -> Mapping[str, str]:
        """Open a sign-in page in the browser and wait until it redirects to this machine; returns the query.

        `page` gets the redirect address (http://127.0.0.1:<port><path>) and returns the page's URL.

        Raises ToolFailed when no browser could be opened or nobody came back in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class SelectedAccount:
    """The token account being fetched; the texts are as stored, cleaned, "" when absent."""

    label: str = field(default="", repr=False)
    usage_scope: str = ""
    organization_id: str = field(default="", repr=False)
    workspace_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of one account with numbers of its own, such as an organisation."""

    id: str
    name: str
    role: str = ""


class NoteLog(Protocol):
    """Where a strategy leaves a remark for the log; texts are redacted, never bodies or secrets."""

    def debug(self, message: str) -> None:
        """Write a remark."""
        ...


@dataclass(frozen=True, slots=True)
class FetchContext:
    """The ports of one fetch.

    `account` is the selected token account, `scope` the part of it to fetch (None: the person's own), `interactive` a
    user-initiated run. `automatic` says that nobody chose a source: the strategies are tried in turn.
    """

    http: HttpClient
    cookies: CookieSessions
    storage: BrowserStorage
    credentials: Credentials
    settings: SettingsView
    processes: ProcessRunner
    process_table: ProcessTable
    files: HomeFiles
    env: Env
    clock: Clock
    memory: SessionMemory
    desktop: Desktop
    log: NoteLog
    system: SystemInfo = field(default_factory=lambda: SystemInfo("linux"))
    account: SelectedAccount | None = None
    scope: Scope | None = None
    interactive: bool = False
    automatic: bool = True
