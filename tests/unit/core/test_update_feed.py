"""The list of releases: what counts, what is passed over, and what makes the whole of it unbelievable."""

from __future__ import annotations

import contextlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.core.update_feed import (
    FEED_URL,
    MAX_BYTES,
    FeedError,
    Release,
    channel_of,
    is_wanted,
    newest_release,
)
from codexbar_qt.project import HOME_PAGE, RELEASES_PAGE


def entry(tag: str, **changes: Any) -> dict[str, Any]:
    """A release as GitHub tells of it, with fields that nobody here reads."""
    page = f"{RELEASES_PAGE}/tag/{tag}"
    known = {"tag_name": tag, "html_url": page, "draft": False, "prerelease": False}
    return {**known, "id": 7, "body": "Notes", "assets": [{"name": "codexbar.deb", "size": 5}], **changes}


def feed(*entries: Any) -> bytes:
    return json.dumps(entries).encode()


def test_all_addresses_are_made_of_the_projects_own() -> None:
    metadata = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    addresses = metadata["project"]["urls"]
    assert addresses["Homepage"] == HOME_PAGE
    assert all(address.startswith(HOME_PAGE) for address in addresses.values())
    repository = HOME_PAGE.removeprefix("https://github.com/")
    assert FEED_URL.partition("?")[0] == f"https://api.github.com/repos/{repository}/releases"
    assert Release("v0.7.0").page == f"{HOME_PAGE}/releases/tag/v0.7.0"


def test_the_newest_release_wins_wherever_it_stands() -> None:
    body = feed(entry("v0.6.1"), entry("v0.10.0"), entry("v0.9.9"), entry("v0.1.0"))
    found = newest_release(body, "0.6.0", "stable")
    assert found is not None
    assert found == Release("v0.10.0")
    assert (found.version, found.page) == ("0.10.0", f"{RELEASES_PAGE}/tag/v0.10.0")


@pytest.mark.parametrize("running", ["0.7.0", "0.7.1", "0.8.0.dev1", "1.0"])
def test_an_older_or_equal_version_is_none(running: str) -> None:
    assert newest_release(feed(entry("v0.7.0"), entry("v0.6.0")), running, "stable") is None
    assert newest_release(feed(entry("v0.7.0-beta.1")), running, "beta") is None


@pytest.mark.parametrize(
    ("entries", "stable", "beta"),
    [
        ([entry("v0.8.0b1", prerelease=True), entry("v0.7.0")], "v0.7.0", "v0.8.0b1"),
        ([entry("v0.8.0", prerelease=True), entry("v0.7.0")], "v0.7.0", "v0.8.0"),
        ([entry("v0.8.0-rc.1"), entry("v0.7.0")], "v0.7.0", "v0.8.0-rc.1"),
        ([entry("v0.8.0-rc.1"), entry("v0.8.0")], "v0.8.0", "v0.8.0"),
        ([entry("v0.9.0", draft=True), entry("v0.7.0")], "v0.7.0", "v0.7.0"),
        ([entry("v0.9.0.dev3"), entry("nightly"), entry("v0.7.0")], "v0.7.0", "v0.7.0"),
        ([entry("1!0.1.0"), entry("v0.7.0")], "v0.7.0", "v0.7.0"),
        ([entry("v0.8.0b1", prerelease=True)], None, "v0.8.0b1"),
        ([], None, None),
    ],
)
def test_drafts_and_pre_releases(entries: list[Any], stable: str | None, beta: str | None) -> None:
    for channel, tag in (("stable", stable), ("beta", beta)):
        found = newest_release(feed(*entries), "0.6.0", channel)  # type: ignore[arg-type]  # the two words
        assert found == (None if tag is None else Release(tag))


@pytest.mark.parametrize(
    "page",
    [
        "https://example.com/codexbar-qt/codexbar-qt/releases/tag/v0.7.0",
        "https://github.com.example.com/codexbar-qt/codexbar-qt/releases/tag/v0.7.0",
        "https://github.com/other/codexbar-qt/releases/tag/v0.7.0",
        "http://github.com/codexbar-qt/codexbar-qt/releases/tag/v0.7.0",
        f"{RELEASES_PAGE}/tag/v0.7.1",
        f"{RELEASES_PAGE}/tag/v0.7.0?x=1",
        f"{RELEASES_PAGE}/tag/../../../../evil",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_page_somewhere_else_makes_everything_unbelievable(page: str) -> None:
    with pytest.raises(FeedError, match="somewhere else"):
        newest_release(feed(entry("v0.8.0"), entry("v0.7.0", html_url=page)), "0.6.0", "stable")


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in entry("v0.7.0").items() if key != name}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b"[",
        b"[null]",
        b"<html></html>",
        b"\xff\xfe",
        b"[" * 200_000,
        feed(_without("tag_name")),
        feed(_without("html_url")),
        feed(_without("draft")),
        feed(_without("prerelease")),
        feed(entry("v0.7.0", draft=None)),
        feed(entry("v0.7.0", draft="false")),
        feed(entry("v0.7.0", prerelease=0)),
        feed(entry("")),
        feed(entry("v" + "1" * 64)),
        feed({**entry("v0.7.0"), "tag_name": 7}),
        feed(*([entry("v0.7.0")] * 101)),
        b" " * (MAX_BYTES + 1),
        json.dumps({"message": "Not Found"}).encode(),
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        newest_release(body, "0.6.0", "stable")


_ENTRIES = st.fixed_dictionaries(
    {
        "tag_name": st.one_of(st.text(max_size=70), st.from_regex(r"v?\d{1,3}\.\d{1,3}(b\d)?", fullmatch=True)),
        "html_url": st.text(max_size=70),
        "draft": st.booleans(),
        "prerelease": st.booleans(),
    }
)


@given(st.one_of(st.binary(max_size=300), st.lists(_ENTRIES, max_size=5).map(lambda found: json.dumps(found).encode())))
def test_arbitrary_answers_give_a_newer_version_of_ours_or_nothing(body: bytes) -> None:
    with contextlib.suppress(FeedError):
        found = newest_release(body, "0.6.0", "beta")
        assert found is None or (found.page.startswith(f"{RELEASES_PAGE}/tag/") and is_wanted(found, "0.6.0", "beta"))


def test_what_was_found_earlier_is_judged_anew() -> None:
    assert is_wanted(Release("v0.7.0"), "0.6.0", "stable")
    assert not is_wanted(Release("v0.7.0"), "0.7.0", "stable")
    assert not is_wanted(Release("v0.8.0b1"), "0.7.0", "stable")
    assert is_wanted(Release("v0.8.0b1"), "0.7.0", "beta")
    assert not is_wanted(Release("v0.8.0.dev1"), "0.7.0", "beta")
    assert not is_wanted(Release("../../evil"), "0.7.0", "beta")
    assert not is_wanted(Release(""), "0.7.0", "beta")


def test_who_runs_a_pre_release_hears_of_the_next_one() -> None:
    assert [channel_of(None, running) for running in ("0.7.0", "0.8.0b1", "junk")] == ["stable", "beta", "stable"]
    assert (channel_of("stable", "0.8.0b1"), channel_of("beta", "0.7.0")) == ("stable", "beta")
