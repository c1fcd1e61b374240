"""Reads case files; the format is described in `providers/README.md`.

Times may be written relative to the case's `now`: a text that is exactly `now+2h14m` becomes an ISO time.
Inside a longer text `{{now+2h14m}}` does, `{{now-1d|date}}` gives a day, `{{now+9d|month/day}}` MM/DD
and `{{now+5h|epoch}}` seconds since 1970 (a number when it is the whole text). Units are d, h, m and s,
largest first.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, cast

from codexbar_qt.provider_api import Cookie, JsonView, ParseError, Scope, Secret, StoredEntry
from codexbar_qt.provider_testing.case import (
    COMMAND_FAULTS,
    FAULTS,
    FILE_FAULTS,
    PLATFORMS,
    Case,
    CaseError,
    CommandAnswer,
    HttpAnswer,
    RecordedBrowser,
    RecordedFile,
    RecordedHold,
    RecordedProcess,
    RecordedSession,
    RecordedTable,
    RequestExpectation,
)
from codexbar_qt.provider_testing.relative_time import resolve_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.provider_testing.case import CommandFault, Fault, FileFault


def load_case(path: Path, *, now: datetime | None = None) -> Case:
    """Read a case file. `now` stands in for the time in the file (demo mode), relative times follow it.

    Raises CaseError when the file is not a case.
    """
    try:
        return parse_case(path.stem, path.read_text(encoding="utf-8"), now=now)
    except CaseError as error:
        raise CaseError(f"{path}: {error}") from None


def parse_case(name: str, text: str, *, now: datetime | None = None) -> Case:
    """Read the text of a case file; see `load_case`."""
    try:
        raw = JsonView.from_text(text)
        moment = now or raw["now"].time()
        return _read_case(name, JsonView(resolve_times(raw.raw, moment)), moment)
    except ParseError as error:
        raise CaseError(error.message) from None


def _read_case(name: str, case: JsonView, now: datetime) -> Case:
    _allow(case, [key for key in Case.__slots__ if key != "name"])
    expect = _mapping(case.get("expect"))
    return Case(
        name=name,
        why=case["why"].string(),
        now=now,
        expect=expect,
        platform=_platform(case.get("platform")),
        source=_text(case, "source"),
        config=_mapping(case.get("config")),
        preferences=_texts(case.get("preferences")),
        account=_text(case, "account"),
        scope=_scope(case.get("scope")),
        named="named" not in _mapping(case) or _flag(case, "named"),
        interactive=_flag(case, "interactive"),
        env=_texts(case.get("env")),
        system=_texts(case.get("system")),
        http=tuple(_http_answer(item) for item in _items(case, "http")),
        programs=_texts(case.get("programs")),
        commands=tuple(_command_answer(item) for item in _items(case, "commands")),
        processes=tuple(_process(item) for item in _items(case, "processes")),
        holds=tuple(_hold(item) for item in _items(case, "holds")),
        browsers=tuple(_browser(item) for item in _items(case, "browsers")),
        cached_cookie=_session(case.get("cached_cookie")),
        browser_obstacle=_text(case, "browser_obstacle") or "",
        files={key: _file(view) for key, view in _members(case.get("files"))},
        writes={key: _mapping(view) for key, view in _members(case.get("writes"))},
        saves={key: _mapping(view) for key, view in _members(case.get("saves"))},
    )


def _http_answer(view: JsonView) -> HttpAnswer:
    _allow(view, ("method", "url", "request", "status", "headers", "json", "body", "size", "fault", "optional"))
    headers = {key.lower(): value for key, value in _texts(view.get("headers")).items()}
    body = (_text(view, "body") or "").encode()
    if "json" in _mapping(view):
        headers.setdefault("content-type", "application/json")
        body = json.dumps(_mapping(view)["json"]).encode()
    size = view.get("size")
    return HttpAnswer(
        method=_text(view, "method") or "GET",
        url=view["url"].string(),
        expected=_request(view.get("request")),
        status=_integer(view, "status", 200),
        headers=headers,
        body=body if size is None else body + b" " * size.integer(),
        fault=cast("Fault | None", _word(view, "fault", FAULTS)),
        optional=_flag(view, "optional"),
    )


def _request(view: JsonView | None) -> RequestExpectation:
    if view is None:
        return RequestExpectation()
    _allow(view, ("headers", "absent", "json", "timeout"))
    timeout = view.get("timeout")
    return RequestExpectation(
        headers={key.lower(): value for key, value in _mapping(view.get("headers")).items()},
        absent=tuple(item.string().lower() for item in _items(view, "absent")),
        json=_mapping(view).get("json"),
        has_json="json" in _mapping(view),
        timeout=None if timeout is None else timeout.number(),
    )


def _command_answer(view: JsonView) -> CommandAnswer:
    _allow(view, CommandAnswer.__slots__)
    stopped = _word(view, "stopped_by", ("idle", "limit"))
    fallback = None if stopped or _mapping(view).get("exit_code", 0) is None else 0
    exit_code = view.get("exit_code")
    return CommandAnswer(
        argv=tuple(item.string() for item in view["argv"].items()),
        stdout=_text(view, "stdout") or "",
        stderr=_text(view, "stderr") or "",
        exit_code=fallback if exit_code is None else exit_code.integer(),
        stopped_by=cast("Literal['idle', 'limit'] | None", stopped),
        transport=cast("Literal['pipe', 'pty']", _word(view, "transport", ("pipe", "pty")) or "pipe"),
        fault=cast("CommandFault | None", _word(view, "fault", COMMAND_FAULTS)),
        optional=_flag(view, "optional"),
    )


def _process(view: JsonView) -> RecordedProcess:
    _allow(view, RecordedProcess.__slots__)
    after = view.get("ports_after")
    hidden = "ports" in _mapping(view) and view.get("ports") is None
    return RecordedProcess(
        pid=view["pid"].integer(),
        command_line=_text(view, "command_line") or "",
        parent=_integer(view, "parent", 1),
        executable=_text(view, "executable") or "",
        ports=None if hidden else tuple(item.integer() for item in _items(view, "ports")),
        ports_after=0.0 if after is None else after.number(),
    )


def _hold(view: JsonView) -> RecordedHold:
    _allow(view, RecordedHold.__slots__)
    return RecordedHold(
        argv=tuple(item.string() for item in view["argv"].items()),
        pid=view["pid"].integer(),
        text=_text(view, "text") or "",
        ended=_flag(view, "ended"),
        fault=cast("CommandFault | None", _word(view, "fault", COMMAND_FAULTS)),
        optional=_flag(view, "optional"),
    )


def _browser(view: JsonView) -> RecordedBrowser:
    _allow(view, RecordedBrowser.__slots__)
    return RecordedBrowser(
        label=view["label"].string(),
        profile=view["profile"].string(),
        cookies=tuple(_cookie(item) for item in _items(view, "cookies")),
        storage=tuple(_stored_entry(item) for item in _items(view, "storage")),
    )


def _cookie(view: JsonView) -> Cookie:
    _allow(view, Cookie.__slots__)
    expires = view.get("expires_at")
    return Cookie(
        name=view["name"].string(),
        value=Secret(view["value"].string()),
        domain=view["domain"].string(),
        path=_text(view, "path") or "/",
        host_only=_flag(view, "host_only"),
        expires_at=None if expires is None else expires.time(),
    )


def _stored_entry(view: JsonView) -> StoredEntry:
    _allow(view, StoredEntry.__slots__)
    kind = _word(view, "kind", ("local", "session", "indexed")) or "local"
    return StoredEntry(
        kind=cast("Literal['local', 'session', 'indexed']", kind),
        host=view["host"].string(),
        key=_text(view, "key") or "",
        value=Secret(view["value"].string()),
    )


def _session(view: JsonView | None) -> RecordedSession | None:
    if view is None:
        return None
    _allow(view, RecordedSession.__slots__)
    return RecordedSession(view["header"].string(), _text(view, "label") or "Chrome")


def _scope(view: JsonView | None) -> Scope | None:
    if view is None:
        return None
    _allow(view, Scope.__slots__)
    return Scope(view["id"].string(), view["name"].string(), _text(view, "role") or "")


def _file(view: JsonView) -> RecordedFile:
    if isinstance(view.raw, str):
        return RecordedFile((view.raw,))
    _allow(view, ("text", "texts", "json", "dir", "modified_at", "fault", "tables"))
    texts = tuple(item.string() for item in _items(view, "texts")) or (_text(view, "text") or "",)
    if "json" in _mapping(view):
        texts = (json.dumps(_mapping(view)["json"]),)
    modified, tables = view.get("modified_at"), view.get("tables")
    return RecordedFile(
        texts=texts,
        is_dir=_flag(view, "dir"),
        modified_at=None if modified is None else modified.time(),
        fault=cast("FileFault | None", _word(view, "fault", FILE_FAULTS)),
        tables=None if tables is None else {key: _table(item) for key, item in _members(tables)},
    )


def _table(view: JsonView) -> RecordedTable:
    columns = tuple(item.string() for item in view["columns"].items())
    return RecordedTable(columns, tuple(tuple(cell.raw for cell in row.items()) for row in view["rows"].items()))


def _allow(view: JsonView, names: Iterable[str]) -> None:
    unknown = sorted(set(_mapping(view)) - set(names))
    if unknown:
        raise CaseError(f"{view.path} has unknown keys: {', '.join(unknown)}")


def _mapping(view: JsonView | None) -> Mapping[str, object]:
    if view is None:
        return {}
    if not view.is_object():
        raise CaseError(f"{view.path} is not an object")
    return cast("dict[str, object]", view.raw)


def _members(view: JsonView | None) -> list[tuple[str, JsonView]]:
    where = "$" if view is None else view.path
    return [(key, JsonView(value, f"{where}.{key}")) for key, value in _mapping(view).items()]


def _items(view: JsonView, key: str) -> list[JsonView]:
    child = view.get(key)
    return [] if child is None else list(child.items())


def _texts(view: JsonView | None) -> dict[str, str]:
    return {key: item.string() for key, item in _members(view)}


def _text(view: JsonView, key: str) -> str | None:
    child = view.get(key)
    return None if child is None else child.string()


def _flag(view: JsonView, key: str) -> bool:
    child = view.get(key)
    return False if child is None else child.boolean()


def _integer(view: JsonView, key: str, default: int) -> int:
    child = view.get(key)
    return default if child is None else child.integer()


def _word(view: JsonView, key: str, known: tuple[str, ...]) -> str | None:
    word = _text(view, key)
    if word is not None and word not in known:
        raise CaseError(f"{view.path}.{key} is none of {', '.join(known)}")
    return word


def _platform(view: JsonView | None) -> Literal["linux", "macos", "windows"]:
    word = "linux" if view is None else view.string()
    if word not in PLATFORMS:
        raise CaseError(f"$.platform is none of {', '.join(PLATFORMS)}")
    return cast("Literal['linux', 'macos', 'windows']", word)
