"""Sites that leave one of everything behind, and what a reader of the profile has to find of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Cookie, CookieQuery, StorageQuery
from tests.e2e.browsers.deposits import YEAR, Deposit

if TYPE_CHECKING:
    from codexbar_qt.core.ports import StorageReading

HOST, PARENT, STRANGER, FRAME_HOST = "app.jar.example", "jar.example", "notjar.example", "widget.example"
LATE_HOST = "late.example"
TOKEN = "test-token." + "abcdefghij0123456789" * 4
FOUR_KILOBYTES = "test-" + "0123456789abcdef" * 250
"""Browsers refuse cookies whose name and value take more than 4096 bytes."""

LONG_TEXT = "".join(f"{number:05}|" for number in range(10_000))
"""60 000 characters: more than a block of a log holds."""

LATE = CookieQuery((LATE_HOST,), bool)
BROAD = CookieQuery((PARENT,), bool)
EXACT = CookieQuery((PARENT,), bool, host=HOST)
PASSING = CookieQuery((PARENT,), lambda names: "passing" in names)
STORAGE = StorageQuery((HOST,), ("local",))
SESSION_STORAGE = StorageQuery((HOST,), ("session",))
INDEXED = StorageQuery((HOST,), ("indexed",))
FRAMED = StorageQuery((FRAME_HOST,), ("local",))


@dataclass(frozen=True)
class Expected:
    """A cookie as a reader gives it; `lasts` tells persistent ones from those of a session."""

    name: str
    value: str
    domain: str
    host_only: bool = True
    path: str = "/"
    secure: bool = True
    lasts: bool = True


_LASTING = f"Max-Age={YEAR}"
DEPOSITS = [
    Deposit(
        PARENT,
        (
            f"parent_wide=test-value-1; Domain={PARENT}; Path=/; Secure; {_LASTING}",
            f"parent_only=test-value-2; Path=/; Secure; {_LASTING}",
            f"refused=test-value-0; Domain={STRANGER}; Path=/; {_LASTING}",
        ),
    ),
    Deposit(
        HOST,
        (
            f"lasting=test-value-3; Path=/; Secure; HttpOnly; SameSite=Strict; {_LASTING}",
            "passing=test-value-4; Path=/; Secure; HttpOnly; SameSite=Lax",
            f"scripted=test-value-5; Path=/; {_LASTING}",
            f"__Host-bound=test-value-6; Path=/; Secure; {_LASTING}",
            f"below=test-value-7; Path=/deeper; Secure; {_LASTING}",
            f"large={FOUR_KILOBYTES}; Path=/; Secure; HttpOnly; {_LASTING}",
            f'signs="a=b,c:d/e?f%20%3D"; Path=/; Secure; {_LASTING}',
            f"nothing=; Path=/; Secure; {_LASTING}",
            f"framed=test-value-8; Path=/; Secure; SameSite=None; Partitioned; {_LASTING}",
            f"gone=test-value-0; Path=/; Secure; {_LASTING}",
            "gone=; Path=/; Secure; Max-Age=0",
        ),
        local=(
            ("overwritten", "test-old"),
            ("removed", "test-old"),
            ("plain", "test-local-1"),
            ("latin", "Grüße, ça va"),
            ("ключ", "значение 🔑"),
            ("long", LONG_TEXT),
            ("empty", ""),
            ("overwritten", "test-new"),
            ("removed", None),
        ),
        session=(("tab", "test-session-1"), ("other", "✓"), ("tab", "test-session-2"), ("out", "x"), ("out", None)),
        indexed=({"access_token": TOKEN}, "short"),
        frame=f"https://{FRAME_HOST}/frame",
    ),
    Deposit(FRAME_HOST, local=(("who", "inside another site"),), path="/frame", kind="frame"),
    Deposit(FRAME_HOST, local=(("who", "by itself"),)),
    Deposit(STRANGER, (f"lasting=test-value-9; Path=/; Secure; {_LASTING}",), local=(("plain", "test-local-9"),)),
    Deposit(LATE_HOST, ticks="tick", path="/ticks", kind="aside"),
    *(
        Deposit(LATE_HOST, (f"late{n}=test-late-{n}; Path=/; {_LASTING}",), path=f"/{n}", kind="aside")
        for n in range(5)
    ),
]

_OF_PARENT = (
    Expected("parent_wide", "test-value-1", PARENT, host_only=False),
    Expected("parent_only", "test-value-2", PARENT),
)
_OF_HOST = (
    Expected("lasting", "test-value-3", HOST),
    Expected("passing", "test-value-4", HOST, lasts=False),
    Expected("scripted", "test-value-5", HOST, secure=False),
    Expected("__Host-bound", "test-value-6", HOST),
    Expected("below", "test-value-7", HOST, path="/deeper"),
    Expected("large", FOUR_KILOBYTES, HOST),
    Expected("signs", '"a=b,c:d/e?f%20%3D"', HOST),
    Expected("nothing", "", HOST),
    Expected("framed", "test-value-8", HOST),
)
ALL_COOKIES = frozenset(_OF_PARENT + _OF_HOST)
LASTING_COOKIES = frozenset(one for one in ALL_COOKIES if one.lasts)
LOCAL_ENTRIES = {
    "overwritten": "test-new",
    "plain": "test-local-1",
    "latin": "Grüße, ça va",
    "ключ": "значение 🔑",
    "long": LONG_TEXT,
    "empty": "",
}
SESSION_ENTRIES = {"tab": "test-session-2", "other": "✓"}
FRAME_ENTRIES = [("who", "by itself"), ("who", "inside another site")]
"""What a site stored at its own address comes before what it stored inside the page of another."""


def as_expected(cookie: Cookie) -> Expected:
    """Return a cookie that was read in the form of what is expected."""
    return Expected(
        cookie.name,
        cookie.value.reveal(),
        cookie.domain,
        cookie.host_only,
        cookie.path,
        cookie.secure,
        cookie.expires_at is not None,
    )


def entries(reading: StorageReading) -> list[tuple[str, str]]:
    """Return names and values of what was read."""
    return [(one.key, one.value.reveal()) for one in reading.profile.entries] if reading.profile else []
