"""A recorded case: what a provider finds when it looks around, and what it has to make of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from codexbar_qt.provider_api import Cookie, Scope, StoredEntry

Fault = Literal["timeout", "dns", "connect", "tls", "reset"]
FAULTS: tuple[str, ...] = ("timeout", "dns", "connect", "tls", "reset")
CommandFault = Literal["missing", "cannot_start"]
COMMAND_FAULTS: tuple[str, ...] = ("missing", "cannot_start")
FileFault = Literal["unreadable", "not_utf8"]
FILE_FAULTS: tuple[str, ...] = ("unreadable", "not_utf8")
PLATFORMS: tuple[str, ...] = ("linux", "macos", "windows")
_ANY_VALUE = re.compile(r"=\*(?=&|$)")


class CaseError(ValueError):
    """A case file that cannot be used; the text names the file and the place."""


@dataclass(frozen=True, slots=True)
class RequestExpectation:
    """What a request has to look like. Header names are lower case, values texts or {"matches": pattern}."""

    headers: Mapping[str, object] = field(default_factory=dict[str, object])
    absent: tuple[str, ...] = ()
    json: object = None
    has_json: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One recorded answer; with `fault` the exchange fails instead.

    A query value in `url` that is `*` stands for any value (a time in the demo, which goes on).
    """

    method: str
    url: str
    expected: RequestExpectation = field(default_factory=RequestExpectation)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    fault: Fault | None = None
    optional: bool = False

    def is_for(self, method: str, url: str) -> bool:
        """Whether this was recorded for a request."""
        if self.method != method:
            return False
        parts = _ANY_VALUE.split(self.url)
        return self.url == url if len(parts) == 1 else bool(re.fullmatch("=[^&#]*".join(map(re.escape, parts)), url))


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """One recorded attempt of a command; `argv[0]` is a program's base name."""

    argv: tuple[str, ...]
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = 0
    stopped_by: Literal["idle", "limit"] | None = None
    transport: Literal["pipe", "pty"] = "pipe"
    fault: CommandFault | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RecordedProcess:
    """A running process. `ports` None: the system does not tell; they open `ports_after` seconds after the start."""

    pid: int
    command_line: str = ""
    parent: int = 1
    executable: str = ""
    ports: tuple[int, ...] | None = ()
    ports_after: float = 0.0


@dataclass(frozen=True, slots=True)
class RecordedHold:
    """A program that is held; `argv[0]` is its base name, `text` what it printed, `ended` that it ended at once."""

    argv: tuple[str, ...]
    pid: int
    text: str = ""
    ended: bool = False
    fault: CommandFault | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RecordedBrowser:
    """A profile of a browser. `profile` begins with the browser's id: "chrome/Default"."""

    label: str
    profile: str
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    storage: tuple[StoredEntry, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """The cached session of a provider."""

    header: str = field(repr=False)
    label: str = "Chrome"


@dataclass(frozen=True, slots=True)
class RecordedTable:
    """A table of a recorded SQLite file."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file or directory; `texts` are given in order by successive reads, the last one from then on."""

    texts: tuple[str, ...] = ("",)
    is_dir: bool = False
    modified_at: datetime | None = None
    fault: FileFault | None = None
    tables: Mapping[str, RecordedTable] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `now` is aware UTC, `config` the raw provider entry, paths in `files` may start with `~`."""

    name: str
    why: str
    now: datetime
    expect: Mapping[str, object]
    platform: Literal["linux", "macos", "windows"] = "linux"
    source: str | None = None
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    preferences: Mapping[str, str] = field(default_factory=dict[str, str])
    account: str | None = None
    scope: Scope | None = None
    named: bool = True
    interactive: bool = False
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    system: Mapping[str, str] = field(default_factory=dict[str, str])
    http: tuple[HttpAnswer, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict[str, str])
    commands: tuple[CommandAnswer, ...] = ()
    processes: tuple[RecordedProcess, ...] = ()
    holds: tuple[RecordedHold, ...] = ()
    browsers: tuple[RecordedBrowser, ...] = ()
    cached_cookie: RecordedSession | None = None
    browser_obstacle: str = ""
    files: Mapping[str, RecordedFile] = field(default_factory=dict[str, RecordedFile])
    writes: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, "Mapping[str, object]"])
    saves: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, "Mapping[str, object]"])
