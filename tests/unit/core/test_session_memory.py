"""What fetches hand on: for a time, few, apart for every account and scope, and gone when settings change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from codexbar_qt.core.session_memory import MOST_KEYS, SessionMemories, TimedMemory
from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_testing import FakeClock

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TOKEN = Secret("test-key-1")


async def test_a_value_is_kept_until_its_moment() -> None:
    clock = FakeClock(NOW)
    memory = TimedMemory(clock)
    memory.remember("token", TOKEN, until=LATER)
    await clock.sleep(3599)
    assert memory.recall("token") == TOKEN
    await clock.sleep(1)
    assert memory.recall("token") is None
    clock_back = FakeClock(NOW)
    memory._clock = clock_back
    assert memory.recall("token") is None  # it is not only hidden


def test_a_value_is_replaced_and_forgotten() -> None:
    memory = TimedMemory(FakeClock(NOW))
    memory.remember("token", TOKEN, until=LATER)
    memory.remember("token", Secret("test-key-2"), until=LATER)
    assert memory.recall("token") == Secret("test-key-2")
    memory.forget("token")
    memory.forget("token")
    assert memory.recall("token") is None


def test_the_oldest_goes_first() -> None:
    memory = TimedMemory(FakeClock(NOW))
    for number in range(MOST_KEYS):
        memory.remember(f"key{number}", TOKEN, until=LATER)
    memory.remember("key0", TOKEN, until=LATER)
    memory.remember("one more", TOKEN, until=LATER)
    kept = [f"key{number}" for number in range(MOST_KEYS) if memory.recall(f"key{number}")]
    assert MOST_KEYS == 8
    assert kept == ["key0", "key2", "key3", "key4", "key5", "key6", "key7"]
    assert memory.recall("one more") == TOKEN


def test_accounts_and_scopes_have_memories_of_their_own() -> None:
    memories = SessionMemories(FakeClock(NOW))
    places = [("acme", "", ""), ("acme", "1", ""), ("acme", "1", "org"), ("bolt", "", "")]
    for number, place in enumerate(places):
        memories.of(*place).remember("token", Secret(f"test-key-{number}"), until=LATER)
    assert [memories.of(*place).recall("token") for place in places] == [Secret(f"test-key-{n}") for n in range(4)]
    late = memories.of("acme", "1", "")
    memories.forget("acme")
    assert [memories.of(*place).recall("token") for place in places[:3]] == [None, None, None]
    assert memories.of(*places[3]).recall("token") == Secret("test-key-3")
    late.remember("token", TOKEN, until=LATER)  # by a fetch with the old settings
    assert memories.of("acme", "1", "").recall("token") is None


def test_nothing_shows_what_is_kept() -> None:
    memories = SessionMemories(FakeClock(NOW))
    memory = memories.of("acme", "", "")
    memory.remember("token", TOKEN, until=LATER)
    assert "test-key-1" not in f"{memory!r} {memories!r} {memories._memories!r} {memory._kept!r}"
