"""Recorded provider cases as a real world: files in a home, variables, and a proxy that is every host.

Not a test module: what the tests of this folder build their worlds with.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import uuid
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from codexbar_qt.provider_api import (
    HttpRequest,
    Secret,
    cookie_pairs,
)
from codexbar_qt.provider_testing import load_case
from codexbar_qt.provider_testing.fake_http import check_request
from codexbar_qt.provider_testing.loopback_proxy import ProxyAnswer, ProxyRequest

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping, Sequence

    from codexbar_qt.provider_testing import Case, HttpAnswer, RecordedFile

SYSTEM = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
_PATIENT = 2.0


@cache
def recorded_cases() -> Mapping[str, tuple[Case, ...]]:
    """Return every recorded case by provider. There are thousands, so each process reads them once."""
    folders = sorted(path for path in (Path(__file__).parents[2] / "providers").iterdir() if path.is_dir())
    found = {folder.name: tuple(map(load_case, sorted(folder.glob("*.json")))) for folder in folders}
    return {name: cases for name, cases in found.items() if cases}


def obstacle(case: Case) -> str:
    """Say why a case cannot be made real here, "" when it can."""
    changing = any(recorded.fault or len(recorded.texts) > 1 for recorded in case.files.values())
    obstacles = (
        (case.platform != SYSTEM, f"for {case.platform}"),
        (not case.named, "is about a provider nobody named; see test_named.py"),
        (case.scope is not None, "is about a part of an account, which only the app shows"),
        (bool(case.programs or case.commands), "needs programs; see test_kiro.py"),
        (bool(case.processes or case.holds), "needs running programs; see test_antigravity.py"),
        (case.interactive, "is about somebody who presses a button, which only the app has"),
        (changing, "needs a file that changes or cannot be read"),
        (any(wanted.get("fails") for wanted in case.writes.values()), "needs a folder that cannot be written"),
        (
            any(answer.fault == "timeout" and not _is_quick(answer) for answer in case.http),
            "would wait for a long time limit",
        ),
    )
    return next((told for stands, told in obstacles if stands), "")


def _is_quick(answer: HttpAnswer) -> bool:
    return answer.expected.timeout is not None and answer.expected.timeout <= _PATIENT


@dataclass
class Hosts:
    """The answers of several cases, given in order by method and address; `problems` is what was wrong with requests.

    A host with a recorded connection failure is not there, one with a TLS failure has a certificate nobody trusts.
    """

    cases: tuple[Case, ...]
    trusted: Callable[[str], ssl.SSLContext]
    untrusted: Callable[[str], ssl.SSLContext]
    ignored_headers: frozenset[str] = frozenset()
    ignored_fields: frozenset[str] = frozenset()
    problems: list[str] = field(default_factory=list)
    requests: list[ProxyRequest] = field(default_factory=list)
    _given: list[HttpAnswer] = field(default_factory=list)

    def context_for(self, host: str) -> ssl.SSLContext:
        """The certificate of a host. Raises LookupError when nobody is there."""
        here = [answer for answer in self._answers() if urlsplit(answer.url).hostname == host]
        for answer in here:
            if answer.fault in ("connect", "dns", "tls") and not self._is_given(answer):
                self._given.append(answer)
                if answer.fault != "tls":
                    raise LookupError(host)
                return self.untrusted(host)
        return self.trusted(host)

    def answer(self, request: ProxyRequest) -> ProxyAnswer | None:
        """Give the next answer recorded for a request."""
        self.requests.append(request)
        recorded = [item for item in self._answers() if (item.method, item.url) == (request.method, request.url)]
        # The same is asked again after a broken connection, and after a request that was given up half way.
        waiting = [item for item in recorded if not self._is_given(item)] or recorded[-1:]
        if not waiting:
            self.problems.append(f"unexpected request: {request.method} {request.url}")
            return None
        found = waiting[0]
        self._given.append(found)
        self._check(request, found)
        if found.fault == "reset":
            return ProxyAnswer(cut_after=-1)
        delay = _PATIENT * 3 if found.fault == "timeout" else 0.0
        body = b"" if found.status == 204 else found.body
        return ProxyAnswer(found.status, found.headers, body, delay_seconds=delay)

    def unused(self) -> list[str]:
        """Answers that had to be asked for and were not."""
        left = [item for item in self._answers() if not item.optional and not self._is_given(item)]
        return [f"recorded answer not used: {item.method} {item.url}" for item in left]

    def _is_given(self, answer: HttpAnswer) -> bool:
        return any(answer is given for given in self._given)

    def _answers(self) -> list[HttpAnswer]:
        return [answer for case in self.cases for answer in case.http]

    def _check(self, request: ProxyRequest, found: HttpAnswer) -> None:
        expected = found.expected
        kept = {name: value for name, value in expected.headers.items() if name not in self.ignored_headers}
        sent: dict[str, str | Secret] = dict(request.headers)
        body = request.body
        wanted = type(expected)(kept, expected.absent, expected.json, expected.has_json, expected.timeout)
        if expected.has_json and self.ignored_fields:
            wanted = replace(wanted, json=without_fields(expected.json, self.ignored_fields))
            body = json.dumps(without_fields(json.loads(body), self.ignored_fields)).encode()
        seen = HttpRequest(request.method, request.url, "", sent, body or None, expected.timeout or 1.0)
        self.problems += check_request(seen, wanted)


def without_fields(document: object, names: frozenset[str]) -> object:
    """Return a JSON document without the members of these names, at any depth."""
    if isinstance(document, dict):
        members = cast("dict[str, object]", document).items()
        return {key: without_fields(value, names) for key, value in members if key not in names}
    if isinstance(document, list):
        return [without_fields(item, names) for item in cast("list[object]", document)]
    return document


def proxy_log(requests: Sequence[ProxyRequest]) -> str:
    """Return one line per request: method, address, who logged in how, names of cookies; no values."""
    lines: list[str] = []
    for request in requests:
        address = request.url.partition("?")[0]
        names = [name for name, _ in cookie_pairs(request.headers.get("cookie", ""))]
        told = ["bearer"] if "authorization" in request.headers else []
        told += [f"cookies {', '.join(names)}"] if names else []
        lines.append(f"  {request.method:<4} {address:<80}  {'; '.join(told) or '-'}")
    return "\n".join(lines)


def build_home(case: Case, home: Path) -> None:
    """Write the files of a case; absolute paths go below `home/outside`."""
    for path, recorded in case.files.items():
        _write(real_path(path, home), recorded)


def real_path(path: str, home: Path) -> Path:
    """Return where a recorded path is."""
    if path == "~" or path.startswith("~/"):
        return home / path[2:]
    return home / "outside" / path.lstrip("/")


def variables(case: Case, home: Path) -> dict[str, str]:
    """Return the environment variables of a case, those with absolute paths moved like the files."""
    return {name: str(real_path(value, home)) if value.startswith("/") else value for name, value in case.env.items()}


def config_entry(provider: str, case: Case) -> dict[str, object]:
    """Return the config entry of a case; short ids of accounts become the UUIDs of a real file."""
    entry = cast("dict[str, object]", json.loads(json.dumps({**case.config, "id": provider, "enabled": True})))
    listed = cast("dict[str, list[dict[str, object]]]", entry.get("tokenAccounts", {}))
    for account in listed.get("accounts", []):
        account["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, str(account["id"])))
    return entry


def arguments(provider: str, case: Case) -> list[str]:
    """Return the command line that asks for what a case is about."""
    line = ["usage", "--provider", provider, "--json-only"]
    line += ["--source", case.source] if case.source else []
    return line + (["--account", case.account] if case.account else [])


def written_problems(case: Case, home: Path) -> list[str]:
    """Say which announced files are missing, not private, or not removed."""
    problems: list[str] = []
    for path, wanted in case.writes.items():
        place = real_path(path, home)
        if wanted.get("removed") is True:
            problems += [f"{path} is still there"] if place.exists() else []
        elif not place.is_file():
            problems.append(f"{path} was not written")
        elif os.name == "posix" and place.stat().st_mode & 0o077:
            problems.append(f"{path} is readable for others")
    return problems


def _write(place: Path, recorded: RecordedFile) -> None:
    if recorded.is_dir:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if recorded.tables is None:
        place.write_bytes(recorded.texts[0].encode())
    else:
        with closing(sqlite3.connect(place)) as database, database:
            for name, table in recorded.tables.items():
                database.execute(f"CREATE TABLE {name} ({', '.join(table.columns)})")
                marks = ", ".join("?" for _ in table.columns)
                database.executemany(f"INSERT INTO {name} VALUES ({marks})", table.rows)
    if recorded.modified_at is not None:
        seconds = recorded.modified_at.timestamp()
        os.utime(place, (seconds, seconds))
