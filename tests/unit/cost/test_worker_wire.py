"""What app and worker say to each other."""

from __future__ import annotations

import msgspec
import pytest

from codexbar_qt.cost.places import Places
from codexbar_qt.cost.values import Ledger, LeftOut, ScanResult, SessionUsage, TokenCounts, UsageBucket
from codexbar_qt.cost.worker_wire import (
    PartMessage,
    RowsRequest,
    ScanMessage,
    ScanRequest,
    decode_message,
    decode_request,
    encode_line,
    parts_of,
    put_together,
)


def buckets(count: int) -> tuple[UsageBucket, ...]:
    return tuple(UsageBucket("claude", slot, "m", False, True, 1, TokenCounts(slot)) for slot in range(count))


@pytest.mark.parametrize("name", ["", "/home/user", "/home/caf\udce9\n", "C:\\Users\\ü"])
def test_requests_with_any_path(name: str) -> None:
    places = Places("windows", name, {"APPDATA": name})
    for request in (ScanRequest(places, name, True, 3, ("a", name), True), RowsRequest(places, name, "x", 1, 2, 3)):
        line = encode_line(request)
        assert line.count(b"\n") == 1
        assert decode_request(line) == request


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"type":"scan"}', b'{"type":"rows","limit":"x"}', b"\xff"])
def test_what_is_no_request(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, ValueError)):
        decode_request(line)


@pytest.mark.parametrize("count", [0, 1, 500, 501, 1700])
def test_a_result_is_put_together_from_its_parts(count: int) -> None:
    sessions = tuple(SessionUsage(f"s{number}", "codex", "/f", buckets(number)) for number in range(3))
    result = ScanResult(
        (
            Ledger("claude", buckets(count), (), (LeftOut("long_line", 2),), 1, 2, 3, False),
            Ledger("codex", buckets(3), sessions),
        ),
        12.5,
    )
    messages = [decode_message(encode_line(message)) for message in parts_of(result)]
    end = messages.pop()
    parts = [message for message in messages if isinstance(message, PartMessage)]
    assert isinstance(end, ScanMessage)
    assert len(parts) == len(messages)
    assert all(len(part.buckets) <= 500 for part in parts)
    assert put_together(end, parts) == result
