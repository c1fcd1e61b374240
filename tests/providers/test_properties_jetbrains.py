"""Whatever the quota file holds: a snapshot with percentages between 0 and 100, or a ParseError."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.jetbrains.ides import (
    PRODUCTS,
    Ide,
    newest_quota,
    parse_directory_name,
    sort_ides,
)
from codexbar_providers.jetbrains.parse import describe_reset, parse_options, parse_quota, parse_refill
from codexbar_qt.provider_api import ParseError, ProviderError

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Snapshot

NOW = datetime(2030, 11, 20, 8, tzinfo=UTC)
TIMES = st.integers(0, 250_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
AMOUNTS = st.one_of(JSON, st.floats().map(str), st.integers().map(str), st.sampled_from(["1e999", "-0", " 5 ", "5,0"]))
QUOTAS = st.fixed_dictionaries(
    {},
    optional={
        "type": JSON,
        "current": AMOUNTS,
        "maximum": AMOUNTS,
        "tariffQuota": JSON | st.fixed_dictionaries({"available": AMOUNTS}),
    },
)
REFILLS = st.fixed_dictionaries({}, optional={"next": JSON | TIMES.map(str), "tariff": JSON})
FRAGMENTS = (
    "<application>",
    "</application>",
    '<component name="AIAssistantQuotaManager2">',
    "</component>",
    "<option name='quotaInfo' value='{}'/>",
    '<option name="quotaInfo"/>',
    "<!DOCTYPE a [",
    '<!ENTITY a "b">',
    "]>",
    "&a;",
    "<![CDATA[",
    "<!--",
    "<?xml version='1.0' encoding='utf-16'?>",
    "\ufeff",
    "\x00",
)
DOCUMENTS = st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6)).map("".join))


def document(quota: str, refill: str) -> str:
    """Write a quota file the way the IDE does."""
    values = {"quotaInfo": quota, "nextRefill": refill}
    options = "".join(f"<option name='{name}' value={quoteattr(text)}/>" for name, text in values.items())
    return f'<a><component name="AIAssistantQuotaManager2">{options}</component></a>'


def read(text: str) -> Snapshot | None:
    """Return the snapshot of a file, None when it is refused the way it should be."""
    try:
        return parse_quota(text, now=NOW, organization="Fleet 1")
    except ProviderError as error:
        assert isinstance(error, ParseError)
        return None


def assert_sound(snapshot: Snapshot) -> None:
    """Check what no file can spoil."""
    window = snapshot.primary
    assert window is not None
    assert window.remaining_percent is not None
    assert 0 <= window.used_percent <= 100
    assert 0 <= window.remaining_percent <= 100
    assert (window.resets_at is None) == (window.reset_description is None)


@given(DOCUMENTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    snapshot = read(text)
    if snapshot is not None:
        assert_sound(snapshot)


@given(DOCUMENTS)
def test_any_text_has_known_options_or_is_refused(text: str) -> None:
    try:
        options = parse_options(text)
    except ParseError as error:
        assert error.path == "xml"
    else:
        assert set(options) <= {"quotaInfo", "nextRefill"}


@given(QUOTAS, REFILLS)
def test_any_object_is_a_quota(quota: object, refill: object) -> None:
    snapshot = read(document(json.dumps(quota), json.dumps(refill)))
    # Numbers such as NaN make the text something other than JSON.
    if snapshot is None:
        assert any(word in json.dumps(quota) for word in ("NaN", "Infinity"))
    else:
        assert_sound(snapshot)


@given(JSON)
def test_anything_but_an_object_is_refused(value: object) -> None:
    if not isinstance(value, dict):
        assert read(document(json.dumps(value), "")) is None


@given(QUOTAS, REFILLS)
def test_escaping_twice_changes_nothing(quota: object, refill: object) -> None:
    plain = json.dumps(quota), json.dumps(refill)
    if "&" in "".join(plain):
        return
    twice = [text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;") for text in plain]
    assert read(document(*twice)) == read(document(*plain))


@given(st.text())
def test_a_refill_is_a_time_or_nothing(text: str) -> None:
    moment = parse_refill(text)
    assert moment is None or moment.tzinfo is UTC


@given(TIMES)
def test_a_written_refill_is_read(moment: datetime) -> None:
    assert parse_refill(json.dumps({"next": moment.isoformat()})) == moment


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=4000)))
def test_the_wait_is_floored(wait: timedelta) -> None:
    told = describe_reset(NOW + wait, NOW)
    assert told is not None
    words = told.removeprefix("Resets in ").split()
    parts = {word[-1]: int(word[:-1]) for word in words}
    named = timedelta(days=parts.get("d", 0), hours=parts.get("h", 0), minutes=parts.get("m", 0))
    assert named <= wait < named + (timedelta(hours=1) if "d" in parts else timedelta(minutes=1))
    assert len(words) == (1 if wait < timedelta(hours=1) else 2)


@given(st.text())
def test_any_directory_name_is_an_ide_or_not(name: str) -> None:
    ide = parse_directory_name(name, "/base")
    assert ide is None or (ide.version and ide.name in [product for _, product in PRODUCTS])


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), st.text(".0123456789abE-²", max_size=8)), max_size=6))
def test_any_versions_can_be_ordered(pairs: list[tuple[str, str]]) -> None:
    ides = [Ide(name, version, f"/{index}", has_quota=True) for index, (name, version) in enumerate(pairs)]
    ordered = sort_ides(ides)
    assert [ide.name for ide in ordered] == sorted(ide.name for ide in ides)
    assert sort_ides(list(reversed(ides))) == ordered
    assert newest_quota(ordered) == (ordered[0] if ordered else None)


@pytest.mark.parametrize("depth", [100_000])
def test_deep_nesting_is_no_trap(depth: int) -> None:
    assert parse_options("<a>" * depth + "</a>" * depth) == {}
    with pytest.raises(ParseError):
        parse_options("<a>" * depth)
