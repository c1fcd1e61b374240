"""Case files: defaults, every kind of recording, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import Scope
from codexbar_qt.provider_testing import (
    Case,
    CaseError,
    CommandAnswer,
    HttpAnswer,
    RecordedFile,
    RecordedHold,
    RecordedProcess,
    RecordedTable,
    RequestExpectation,
    load_case,
    parse_case,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


def case(**parts: object) -> Case:
    return parse_case("a", json.dumps({"why": "Because.", "now": "2030-01-08T12:00:00Z", **parts}))


def test_defaults() -> None:
    assert case() == Case("a", "Because.", NOW, {})
    assert case(http=[{"url": "https://example.com"}]).http == (HttpAnswer("GET", "https://example.com"),)
    assert case(commands=[{"argv": ["tool"]}]).commands == (CommandAnswer(("tool",)),)


def test_http() -> None:
    recorded = {
        "method": "POST",
        "url": "https://example.com",
        "request": {
            "headers": {"Authorization": "a", "X": {"matches": "b"}},
            "absent": ["X-Y"],
            "json": None,
            "timeout": 2,
        },
        "status": 503,
        "headers": {"Retry-After": "3"},
        "json": {"a": 1},
        "optional": True,
    }
    expected = RequestExpectation({"authorization": "a", "x": {"matches": "b"}}, ("x-y",), None, True, 2)
    headers = {"retry-after": "3", "content-type": "application/json"}
    answer = HttpAnswer("POST", "https://example.com", expected, 503, headers, b'{"a": 1}', None, True)
    assert case(http=[recorded]).http == (answer,)


def test_bodies() -> None:
    bodies: list[dict[str, object]] = [{"body": "ü"}, {"json": None}, {"body": "x", "size": 3}, {"fault": "tls"}]
    answers = case(http=[{"url": "https://example.com", **body} for body in bodies]).http
    assert [answer.body for answer in answers] == ["ü".encode(), b"null", b"x   ", b""]
    assert answers[3].fault == "tls"


@pytest.mark.parametrize(
    ("recorded", "exit_code"),
    [
        ({}, 0),
        ({"exit_code": 3}, 3),
        ({"exit_code": None}, None),
        ({"stopped_by": "idle"}, None),
        ({"stopped_by": "limit"}, None),
    ],
)
def test_how_a_command_ended(recorded: dict[str, object], exit_code: int | None) -> None:
    assert case(commands=[{"argv": ["a"], **recorded}]).commands[0].exit_code == exit_code


def test_processes() -> None:
    recorded: list[dict[str, object]] = [
        {"pid": 7},
        {
            "pid": 8,
            "command_line": "ls --port 1",
            "parent": 7,
            "executable": "/opt/ls",
            "ports": [2, 1],
            "ports_after": 2,
        },
        {"pid": 9, "ports": None},
    ]
    assert case(processes=recorded).processes == (
        RecordedProcess(7, "", 1, "", (), 0.0),
        RecordedProcess(8, "ls --port 1", 7, "/opt/ls", (2, 1), 2.0),
        RecordedProcess(9, ports=None),
    )


def test_holds() -> None:
    recorded: list[dict[str, object]] = [
        {"argv": ["agy", "serve"], "pid": 7},
        {"argv": ["agy"], "pid": 8, "text": "Ready", "ended": True, "fault": "missing", "optional": True},
    ]
    assert case(holds=recorded).holds == (
        RecordedHold(("agy", "serve"), 7),
        RecordedHold(("agy",), 8, "Ready", True, "missing", True),
    )


def test_who_is_asked_for_and_what_is_saved() -> None:
    assert (case().scope, case().named, case().saves) == (None, True, {})
    found = case(scope={"id": "o-1", "name": "Acme", "role": "owner"}, named=False, saves={"apiKey": {"matches": "^a"}})
    assert (found.scope, found.named) == (Scope("o-1", "Acme", "owner"), False)
    assert found.saves == {"apiKey": {"matches": "^a"}}
    assert case(scope={"id": "o-1", "name": "Acme"}, named=True).scope == Scope("o-1", "Acme")


def test_files() -> None:
    files = case(
        files={
            "~/a": "text",
            "~/b": {"text": "x", "modified_at": "now-1d"},
            "~/c": {"texts": ["half", "whole"]},
            "~/d": {"json": {"at": "{{now|epoch}}"}},
            "~/e": {"dir": True},
            "~/f": {"fault": "unreadable"},
            "~/g": {"tables": {"t": {"columns": ["k"], "rows": [["v"], [None]]}}},
        }
    ).files
    assert files == {
        "~/a": RecordedFile(("text",)),
        "~/b": RecordedFile(("x",), modified_at=datetime(2030, 1, 7, 12, tzinfo=UTC)),
        "~/c": RecordedFile(("half", "whole")),
        "~/d": RecordedFile(('{"at": 1894104000}',)),
        "~/e": RecordedFile(is_dir=True),
        "~/f": RecordedFile(fault="unreadable"),
        "~/g": RecordedFile(tables={"t": RecordedTable(("k",), (("v",), (None,)))}),
    }


def test_another_now_moves_relative_times(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text(
        '{"why": "Any.", "now": "2030-01-08T12:00:00Z", "expect": {"primary.resets_at": "now+1h"}}', "utf-8"
    )
    assert load_case(path).expect == {"primary.resets_at": "2030-01-08T13:00:00Z"}
    later = load_case(path, now=datetime(2031, 1, 1, tzinfo=UTC))
    assert later.expect == {"primary.resets_at": "2031-01-01T01:00:00Z"}
    assert later.now == datetime(2031, 1, 1, tzinfo=UTC)
    assert later.name == "demo"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"expct": {}}, "unknown keys: expct"),
        ({"name": "x"}, "unknown keys: name"),
        ({"why": 5}, r"\$\.why"),
        ({"now": "soon"}, r"\$\.now"),
        ({"platform": "amiga"}, r"\$\.platform"),
        ({"expect": []}, r"\$\.expect"),
        ({"http": {}}, r"\$\.http"),
        ({"http": [{}]}, r"\$\.http\[0\]\.url"),
        ({"http": [{"url": "u", "fault": "fire"}]}, r"\$\.http\[0\]\.fault"),
        ({"http": [{"url": "u", "stats": 200}]}, "unknown keys: stats"),
        ({"http": [{"url": "u", "request": {"header": {}}}]}, "unknown keys: header"),
        ({"commands": [{"argv": ["a"], "transport": "pigeon"}]}, "transport"),
        ({"commands": [{}]}, "argv"),
        ({"files": {"~/a": {"txt": ""}}}, "unknown keys: txt"),
        ({"files": {"~/a": 5}}, r"\$\.files\.~/a"),
        ({"env": {"A": 5}}, r"\$\.env\.A"),
        ({"writes": {"~/a": "x"}}, r"\$\.writes\.~/a"),
        ({"saves": {"apiKey": "x"}}, r"\$\.saves\.apiKey"),
        ({"processes": [{}]}, r"\$\.processes\[0\]\.pid"),
        ({"processes": [{"pid": 1, "port": 2}]}, "unknown keys: port"),
        ({"processes": [{"pid": 1, "ports": 2}]}, r"\$\.processes\[0\]\.ports"),
        ({"holds": [{"argv": ["a"]}]}, r"\$\.holds\[0\]\.pid"),
        ({"holds": [{"pid": 1}]}, r"\$\.holds\[0\]\.argv"),
        ({"holds": [{"argv": ["a"], "pid": 1, "fault": "fire"}]}, r"\$\.holds\[0\]\.fault"),
        ({"scope": {"id": "o-1"}}, r"\$\.scope\.name"),
        ({"scope": {"id": "o-1", "name": "Acme", "kind": "x"}}, "unknown keys: kind"),
        ({"named": "no"}, r"\$\.named"),
    ],
)
def test_what_is_not_a_case(parts: dict[str, object], told: str) -> None:
    with pytest.raises(CaseError, match=told):
        case(**parts)


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", "utf-8")
    with pytest.raises(CaseError, match=r"broken\.json: The answer is not valid JSON"):
        load_case(path)
