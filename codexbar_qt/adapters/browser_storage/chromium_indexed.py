"""Looks for tokens in the values of Chromium's IndexedDB, which are serialised JavaScript of many versions.

Source: `content/browser/indexed_db/docs/leveldb_coding_scheme.md`, blink's `idb_value_wrapping.cc` and V8's
`value-serializer.cc`. The databases have a comparator of their own, so they are read whole.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_folder import read_records
from codexbar_qt.adapters.browser_storage.leveldb_format import DamagedData, read_varint, unpack_snappy
from codexbar_qt.adapters.browser_storage.reading import LONGEST_STORED, LONGEST_TEXT, MOST_ENTRIES
from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_api.browser import StoredEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading

SHORTEST_TOKEN = 60
_TOKEN = rb"[A-Za-z0-9._\-+=/]"
# Nothing is tried twice, so that texts without tokens take no longer than others.
_ONE_BYTE = re.compile(rb"(?<!%b)%b{%d,}+" % (_TOKEN, _TOKEN, SHORTEST_TOKEN))
_TWO_BYTES = re.compile(rb"(?<!%b\0)(?:%b\0){%d,}+" % (_TOKEN, _TOKEN, SHORTEST_TOKEN))
# Nobody else runs while a piece is searched: this one takes a few milliseconds.
_PIECE_BYTES = 256 * 1024
_COMPRESSED = b"\xff\x11\x02"
_STRING_TAG = 0x22
_MOST_RUNS = 50
_MOST_RUN_BYTES = 8 * 1024 * 1024

_Candidates = dict[bytes, tuple[int, tuple[str, ...]]]


def read_indexed(folder: Path, host: str, reading: Reading) -> list[StoredEntry]:
    """Return runs of at least 60 token characters in current values of the copy of a database, the latest first.

    Each run is given once, without key. Raises OSError.
    """
    candidates = _find_candidates(folder, reading)
    newest = dict.fromkeys(candidates, -1)
    if candidates:
        for key, sequence, _ in read_records(folder, reading):
            if key in newest and sequence > newest[key]:
                newest[key] = sequence
    current = [found for key, found in candidates.items() if newest[key] == found[0]]
    runs = dict.fromkeys(run for _, found in sorted(current, reverse=True) for run in found)
    return [StoredEntry("indexed", host, "", Secret(run)) for run in runs][:MOST_ENTRIES]


def _find_candidates(folder: Path, reading: Reading) -> _Candidates:
    """Return keys with the sequence number and runs of their latest value that has runs; it may be outdated."""
    candidates: _Candidates = {}
    kept = 0
    for key, sequence, value in read_records(folder, reading):
        before = candidates.get(key)
        if value is None or len(key) > LONGEST_STORED or (before is not None and before[0] >= sequence):
            continue
        runs = tuple(islice(find_runs(value), _MOST_RUNS))
        if not runs:
            continue
        candidates[key] = (sequence, runs)
        kept += len(key) + sum(map(len, runs))
        if kept > _MOST_RUN_BYTES:
            candidates, kept = _keep_latest(candidates)
    return candidates


def _keep_latest(candidates: _Candidates) -> tuple[_Candidates, int]:
    """Drop the older ones until half of the space is free."""
    kept = 0
    latest: _Candidates = {}
    for key, found in sorted(candidates.items(), key=lambda item: -item[1][0]):
        size = len(key) + sum(map(len, found[1]))
        if kept + size <= _MOST_RUN_BYTES // 2:
            kept += size
            latest[key] = found
    return latest, kept


def find_runs(value: bytes) -> Iterator[str]:
    """Give the runs of a value, each at most 64 KiB. Strings with signs beyond Latin-1 have two bytes a character."""
    data = _unwrap(value)
    for match in _matches(_ONE_BYTE, data):
        exact = _string_at(data, match.start(), match.end())
        for run in (match[0],) if exact is None else (exact, match[0]):
            if len(run) <= LONGEST_TEXT:
                yield run.decode("ascii")
    for match in _matches(_TWO_BYTES, data):
        if len(match[0]) <= 2 * LONGEST_TEXT:
            yield match[0].decode("utf-16-le")


def _matches(pattern: re.Pattern[bytes], data: bytes) -> Iterator[re.Match[bytes]]:
    """Give what `finditer` gives, piece by piece; a match at the end of a piece is followed to its own end."""
    position = 0
    while position < len(data):
        end = position + _PIECE_BYTES
        for match in pattern.finditer(data, position, end):
            whole = pattern.match(data, match.start()) if match.end() >= end - 1 else None
            position = (whole or match).end()
            yield whole or match
        position = max(position, end - 2 * SHORTEST_TOKEN)


def _unwrap(value: bytes) -> bytes:
    """Undo the compression of larger values: a version, three bytes that mark it, raw Snappy."""
    try:
        _, start = read_varint(value, 0)
        if value.startswith(_COMPRESSED, start):
            return unpack_snappy(value[start + len(_COMPRESSED) :])
    except DamagedData:
        pass
    return value


def _string_at(data: bytes, start: int, end: int) -> bytes | None:
    """Return the one-byte string that a run belongs to, where its length or what follows looks like a part of the run.

    A string is a quotation mark, the length as varint, the characters; the length's last byte may be a token character.
    """
    for tag in range(max(start - 4, 0), start):
        if data[tag] != _STRING_TAG:
            continue
        try:
            length, first = read_varint(data, tag + 1)
        except DamagedData:
            continue
        if (
            first in (start, start + 1)
            and SHORTEST_TOKEN <= length <= end - first
            and (first, length) != (start, end - start)
        ):
            return data[first : first + length]
    return None
