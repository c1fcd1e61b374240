"""What reading logs gives: token counts by quarter of an hour. Frozen; prices and time zones come in later."""

from __future__ import annotations

from typing import Literal

import msgspec

SLOT_SECONDS = 900
"""The length of a slot. Every time zone in use is a whole number of slots away from UTC."""

LeftOutKind = Literal[
    "unreadable_folder",
    "unreadable_file",
    "long_line",
    "broken_line",
    "unknown_baseline",
    "postponed_file",
    "future_row",
    "unsaved_state",
]
"""What can be missing: folders and files that could not be read, lines above 512 KiB, lines that are damaged, sessions
whose copied part is not known, files left for the next scan, requests dated after today (reports add these). And state
not kept, which slows the next scan."""


class TokenCounts(msgspec.Struct, frozen=True, array_like=True):
    """Tokens of one kind of row. `input` is without cache tokens; `output` includes `reasoning`.

    `cache_write` is everything written to a cache, `cache_write_1h` the part of it that lives for an hour.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        """Everything that was read or written."""
        return self.input + self.output + self.cache_read + self.cache_write

    @property
    def prompt(self) -> int:
        """What was sent: decides whether long-context rates apply."""
        return self.input + self.cache_read + self.cache_write

    def __add__(self, other: TokenCounts) -> TokenCounts:
        return TokenCounts(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.cache_write_1h + other.cache_write_1h,
            self.reasoning + other.reasoning,
        )


class UsageBucket(msgspec.Struct, frozen=True, array_like=True):
    """Requests of one model within one slot that are priced alike.

    `source` is the id of a cost source, `slot` counts slots since 1970 (UTC), `model` is the name as logged.
    `is_long`: the prompt of each request was above the long-context threshold of the log family (token-cost.md 6).
    `is_fast`: the requests were made in the fast mode.
    """

    source: str
    slot: int
    model: str
    is_long: bool
    is_fast: bool
    requests: int
    tokens: TokenCounts


class SessionUsage(msgspec.Struct, frozen=True):
    """One session of an agent: its id, the folder it ran in ("" when unknown), and its buckets."""

    id: str
    source: str
    folder: str
    buckets: tuple[UsageBucket, ...]


class LeftOut(msgspec.Struct, frozen=True):
    """Something that is not in the totals, and how often."""

    kind: LeftOutKind
    count: int


class Ledger(msgspec.Struct, frozen=True):
    """What all logs of one family add up to, each request counted once.

    `duplicates` rows were copies of counted ones. `is_complete` is False while files wait for the next scan. `sessions`
    repeat the buckets by session for families that tell sessions apart.
    """

    family: str
    buckets: tuple[UsageBucket, ...] = ()
    sessions: tuple[SessionUsage, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    files: int = 0
    rows: int = 0
    duplicates: int = 0
    is_complete: bool = True


class ScanProgress(msgspec.Struct, frozen=True):
    """How far a scan is: files and bytes that had to be read, and those that are done."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int


class ScanResult(msgspec.Struct, frozen=True):
    """The outcome of one scan: a ledger for each family, and when it began (seconds since 1970, UTC)."""

    ledgers: tuple[Ledger, ...]
    scanned_at: float


class UsageRow(msgspec.Struct, frozen=True):
    """One counted request, for people who ask where a number comes from.

    `at` is seconds since 1970 (UTC), `file` the path of its log, `copies` how many other rows were left out for it.
    """

    source: str
    at: int
    model: str
    is_long: bool
    is_fast: bool
    tokens: TokenCounts
    file: str
    copies: int = 0


class RowsPage(msgspec.Struct, frozen=True):
    """The counted requests between two moments, the earliest first, at most as many as were asked for of `total`."""

    rows: tuple[UsageRow, ...]
    total: int
