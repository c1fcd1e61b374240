"""What app and worker say to each other: one request as a line of JSON, then lines of JSON back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.places import Places
from codexbar_qt.cost.values import (
    RowsPage,
    ScanProgress,
    ScanResult,
    SessionUsage,
    UsageBucket,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PART = 500


class ScanRequest(msgspec.Struct, frozen=True, tag="scan"):
    """Scan everything. `folder` is where state is kept, `helper_command` starts another reader, () for none.

    `is_background`: other programs go first.
    """

    places: Places
    folder: str
    refresh: bool = False
    jobs: int = 1
    helper_command: tuple[str, ...] = ()
    is_background: bool = False


class RowsRequest(msgspec.Struct, frozen=True, tag="rows"):
    """Look up the counted requests of a source with `first` <= time < `last` (seconds since 1970, UTC)."""

    places: Places
    folder: str
    source: str
    first: int
    last: int
    limit: int


class ProgressMessage(msgspec.Struct, frozen=True, tag="progress"):
    """How far the scan is."""

    progress: ScanProgress


class PartMessage(msgspec.Struct, frozen=True, tag="part"):
    """Buckets and sessions of the ledger of a family, in pieces that are decoded in an instant."""

    family: str
    buckets: tuple[UsageBucket, ...] = ()
    sessions: tuple[SessionUsage, ...] = ()


class ScanMessage(msgspec.Struct, frozen=True, tag="scanned"):
    """The end of a scan. Its ledgers have no buckets and sessions: those came before, as parts."""

    result: ScanResult


class RowsMessage(msgspec.Struct, frozen=True, tag="rows"):
    """The end of a look-up."""

    page: RowsPage


class FailedMessage(msgspec.Struct, frozen=True, tag="failed"):
    """Nothing came of it; `reason` is the kind of the error, never its text, which may hold a path."""

    reason: str


Request = ScanRequest | RowsRequest
Message = ProgressMessage | PartMessage | ScanMessage | RowsMessage | FailedMessage
_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_MESSAGES: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def decode_request(line: bytes) -> Request:
    """Return a request. Raises msgspec.DecodeError and ValueError."""
    try:
        return _REQUESTS.decode(line)
    except msgspec.DecodeError:
        import json  # large, and hardly ever needed

        found: Request = msgspec.convert(json.loads(line), Request)
        return found


def decode_message(line: bytes) -> Message:
    """Return a message. Raises msgspec.DecodeError."""
    return _MESSAGES.decode(line)


def encode_line(value: Request | Message) -> bytes:
    """Return a request or a message as a line."""
    try:
        return msgspec.json.encode(value) + b"\n"
    except UnicodeEncodeError:  # a path that is no text, which only this encoder lets through
        import json

        return json.dumps(msgspec.to_builtins(value)).encode() + b"\n"


def parts_of(result: ScanResult) -> Iterator[Message]:
    """Go through the messages that a result travels in, the end of the scan last."""
    for ledger in result.ledgers:
        for place in range(0, len(ledger.buckets), _PART):
            yield PartMessage(ledger.family, ledger.buckets[place : place + _PART])
        for session in ledger.sessions:
            yield PartMessage(ledger.family, sessions=(session,))
    bare = tuple(msgspec.structs.replace(ledger, buckets=(), sessions=()) for ledger in result.ledgers)
    yield ScanMessage(msgspec.structs.replace(result, ledgers=bare))


def put_together(end: ScanMessage, parts: Sequence[PartMessage]) -> ScanResult:
    """Return the result that `parts_of` took apart."""
    ledgers = tuple(
        msgspec.structs.replace(
            ledger,
            buckets=tuple(bucket for part in parts if part.family == ledger.family for bucket in part.buckets),
            sessions=tuple(session for part in parts if part.family == ledger.family for session in part.sessions),
        )
        for ledger in end.result.ledgers
    )
    return msgspec.structs.replace(end.result, ledgers=ledgers)
