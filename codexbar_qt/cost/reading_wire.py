"""The messages between a scan and its helper processes: a length, then MessagePack."""

from __future__ import annotations

import os
import struct
from typing import IO

import msgspec

from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.log_files import LogFile

_LENGTH = struct.Struct("<I")


class Order(msgspec.Struct, frozen=True, tag="order"):
    """A log to read, from `offset` on when there is an earlier `mark`. Paths travel as the bytes of the file system."""

    family: str
    path: bytes
    size: int
    modified_ns: int
    identity: int
    offset: int = 0
    mark: bytes = b""
    packed: bytes = b""

    @property
    def file(self) -> LogFile:
        """The log."""
        return LogFile(os.fsdecode(self.path), self.size, self.modified_ns, self.identity)

    @property
    def earlier(self) -> FileState | None:
        """The state to go on from, None to read the whole."""
        return FileState(self.offset, self.mark, self.packed) if self.mark else None


class Passed(msgspec.Struct, frozen=True, tag="passed"):
    """So many bytes more were read."""

    size: int


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The log was read."""

    offset: int
    mark: bytes
    packed: bytes


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The log could not be read, for a reason of the system."""

    number: int


Answer = Passed | Done | Failed
_ORDERS = msgspec.msgpack.Decoder(Order)
_ANSWERS: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def order_for(family: str, file: LogFile, earlier: FileState | None) -> Order:
    """Return the order to read a log."""
    order = Order(family, os.fsencode(file.path), file.size, file.modified_ns, file.identity)
    if earlier is None:
        return order
    return msgspec.structs.replace(order, offset=earlier.offset, mark=earlier.mark, packed=earlier.packed)


def send(stream: IO[bytes], message: Order | Answer) -> None:
    """Write a message. Raises OSError when nobody listens any more."""
    body = msgspec.msgpack.encode(message)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def receive_order(stream: IO[bytes]) -> Order | None:
    """Return the next order, None when there will be none."""
    body = _body(stream)
    return None if body is None else _ORDERS.decode(body)


def receive_answer(stream: IO[bytes]) -> Answer | None:
    """Return the next answer, None when the helper has ended."""
    body = _body(stream)
    return None if body is None else _ANSWERS.decode(body)


def _body(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    body = stream.read(size)
    return body if len(body) == size else None
