"""Everything that can go wrong with the recorded answers of a case."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from codexbar_qt.provider_testing import fault_contents
from codexbar_qt.provider_testing.case import HttpAnswer
from codexbar_qt.provider_testing.fault_contents import ERROR_DOCUMENT, LOGIN_PAGE
from codexbar_qt.provider_testing.fault_http import ELSEWHERE
from codexbar_qt.provider_testing.fault_injection import Injection, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codexbar_qt.provider_testing.case import Case, Fault

_Fault = TypeVar("_Fault")
HUGE_BYTES = 20 * 1024 * 1024
BOMB_BYTES = 64 * 1024 * 1024
_JSON = {"content-type": "application/json"}
_PAGE = {"content-type": "text/html; charset=utf-8"}
_TRANSPORT: tuple[tuple[tuple[str, Fault], ...], ...] = (
    (("connect refused", "connect"), ("DNS failure", "dns"), ("TLS failure", "tls")),
    (("reset mid-body", "reset"),),
)
_STATUSES: tuple[tuple[tuple[str, int, dict[str, str]], ...], ...] = (
    (("401", 401, {"www-authenticate": "Bearer"}),),
    (("403", 403, {}),),
    (("404", 404, {}),),
    (
        ("429 with seconds", 429, {"retry-after": "30"}),
        ("429 with a date", 429, {"retry-after": "Sun, 06 Nov 2044 08:49:37 GMT"}),
        ("429 bare", 429, {}),
    ),
    (("500", 500, {}), ("503", 503, {"retry-after": "120"})),
)


@cache
def huge_body() -> bytes:
    """20 MB of a valid document."""
    return b"[" + b"0," * (HUGE_BYTES // 2) + b"0]"


@cache
def gzip_bomb() -> bytes:
    """A few kilobytes that unpack to 64 MB."""
    return gzip.compress(b"0" * BOMB_BYTES, mtime=0)


def answer_faults(case: Case, seen: Seen) -> Iterator[Injection]:
    """Put every fault of an exchange into every recorded answer, one at a time.

    Of faults that are much alike, an address meets all the first time and each in turn from then on.
    """
    for index, answer in enumerate(case.http):
        place = _place(index, answer)
        turn = seen.turn(place.partition(" ")[2])
        yield from _failures(case, index, place, turn)
        for fault, faulty in _answers(answer, turn):
            yield Injection(fault, place, _with(case, index, faulty))
        yield from _redirects(case, index, place, turn)


def content_faults(case: Case, seen: Seen) -> Iterator[Injection]:
    """Put every damage of a document into every recorded answer that is one, at every leaf."""
    for index, answer in enumerate(case.http):
        found = fault_contents.decode(answer.body)
        place = _place(index, answer)
        thorough = seen.is_new(place.partition(" ")[2], answer.body)
        for name, text in fault_contents.deep_nesting(found[0] if found else None, thorough=thorough):
            damaged = _with(case, index, _good(answer, text))
            yield Injection("deep nesting", f"{place}: {name}", damaged, repeats_texts=True)
        if found is None:
            continue
        for name, text in fault_contents.truncated(answer.body.decode()):
            yield Injection("truncated JSON", f"{place}: {name}", _with(case, index, _good(answer, text)))
        for name, text in fault_contents.wrong_types(found[0], thorough=thorough):
            damaged = _with(case, index, _at_status(answer, text))
            yield Injection("wrong type at a leaf", f"{place}: {name}", damaged, repeats_texts=True)
        for name, text in fault_contents.nulls(found[0], thorough=thorough):
            yield Injection("null at a leaf", f"{place}: {name}", _with(case, index, _at_status(answer, text)))


def _place(index: int, answer: HttpAnswer) -> str:
    return f"http[{index}] {answer.method} {answer.url.partition('?')[0]}"


def _failures(case: Case, index: int, place: str, turn: int) -> Iterator[Injection]:
    for alike in _TRANSPORT:
        for fault, kind in _due(turn, alike):
            yield Injection(fault, place, _with(case, index, replace(case.http[index], fault=kind)))
    # A copy, because one recorded answer may be the same object as another.
    stalled = replace(case.http[index], fault=None)
    for patient in _due(turn, (False, True)):
        yield Injection("stall past the limit", place, _with(case, index, stalled), stalled, patient)


def _answers(answer: HttpAnswer, turn: int) -> Iterator[tuple[str, HttpAnswer]]:
    told = ((json.dumps(ERROR_DOCUMENT), _JSON), (LOGIN_PAGE, _PAGE))
    for alike in _STATUSES:
        for fault, status, headers in _due(turn, alike):
            # A document in one place, a page in the next.
            text, kind = told[(turn + status) % 2]
            yield fault, replace(_good(answer, text), status=status, headers={**kind, **headers})
    yield "empty body", _good(answer, "")
    yield "login page", replace(_good(answer, LOGIN_PAGE), headers=_PAGE)
    huge = replace(_good(answer, ""), body=huge_body())
    bomb = replace(_good(answer, ""), body=gzip_bomb(), headers={"content-encoding": "gzip"})
    yield from _due(turn, (("20 MB body", huge), ("gzip bomb", bomb)))


def _redirects(case: Case, index: int, place: str, turn: int) -> Iterator[Injection]:
    answer = case.http[index]
    caught = tuple(HttpAnswer(method, ELSEWHERE, body=LOGIN_PAGE.encode()) for method in ("GET", answer.method))
    for status in _due(turn, (302, 307)):
        there = replace(_good(answer, LOGIN_PAGE), status=status, headers={**_PAGE, "location": ELSEWHERE})
        changed = _with(case, index, there)
        yield Injection("redirect elsewhere", f"{place}: {status}", replace(changed, http=(*changed.http, *caught)))
    loop = replace(_good(answer, LOGIN_PAGE), status=307, headers={**_PAGE, "location": answer.url})
    yield Injection("redirect loop", place, _with(case, index, loop))


def _due(turn: int, alike: Sequence[_Fault]) -> Sequence[_Fault]:
    return alike if turn == 0 else (alike[turn % len(alike)],)


def _good(answer: HttpAnswer, text: str) -> HttpAnswer:
    """Return an answer that claims to be fine."""
    return replace(answer, status=200, headers=_JSON, body=text.encode(), fault=None)


def _at_status(answer: HttpAnswer, text: str) -> HttpAnswer:
    return replace(answer, body=text.encode(), fault=None)


def _with(case: Case, index: int, answer: HttpAnswer) -> Case:
    return replace(case, http=(*case.http[:index], answer, *case.http[index + 1 :]))
