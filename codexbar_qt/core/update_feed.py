"""The list of releases on GitHub: read strictly, or not at all. Pure.

Shape and fields: https://docs.github.com/rest/releases/releases (an array, the latest first; drafts are only sent to
people who may publish them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import msgspec
from packaging.version import Version

from codexbar_qt.core.versions import parse_version
from codexbar_qt.project import RELEASES_PAGE, REPOSITORY

if TYPE_CHECKING:
    from codexbar_qt.core.preferences import UpdateChannel

FEED_URL: Final = f"https://api.github.com/repos/{REPOSITORY}/releases?per_page=30"
FEED_HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
MAX_BYTES: Final = 4 * 1024 * 1024
"""Thirty releases with twenty files and long notes each are about 1.5 MB before they are packed."""


class FeedError(ValueError):
    """The answer is not the project's list of releases."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version that can be had, by the tag it has on GitHub, which is always a version."""

    tag: str

    @property
    def version(self) -> str:
        """Its number in normal form: "0.7.0", "0.7.0b2"."""
        return str(parse_version(self.tag))

    @property
    def page(self) -> str:
        """Its page, made of nothing but the project's address and the tag."""
        return f"{RELEASES_PAGE}/tag/{quote(self.tag, safe='')}"


class _Entry(msgspec.Struct, frozen=True):
    tag_name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    html_url: Annotated[str, msgspec.Meta(max_length=256)]
    draft: bool
    prerelease: bool


_List = Annotated[list[_Entry], msgspec.Meta(max_length=100)]


def newest_release(body: bytes, running: str, channel: UpdateChannel) -> Release | None:
    """Return the newest release above the running version, None when there is none.

    Drafts never count; pre-releases, said to be so by GitHub or by their number, only on the channel "beta". Tags that
    are no versions are passed over. Raises FeedError for anything that is not the list, and for a release whose page
    is not where the project's pages are: then nothing of it is to be believed.
    """
    if len(body) > MAX_BYTES:
        raise FeedError("It is too large.")
    try:
        entries = msgspec.json.decode(body, type=_List)
    except (msgspec.MsgspecError, RecursionError):
        raise FeedError("It does not have the shape of a list of releases.") from None
    found = [release for entry in entries if (release := _offered(entry, channel)) is not None]
    best = max(found, key=_order, default=None)
    return best if best is not None and is_wanted(best, running, channel) else None


def is_wanted(release: Release, running: str, channel: UpdateChannel) -> bool:
    """Whether a release, found now or earlier, is one to tell about: newer than what runs, and of the channel."""
    version, now = parse_version(release.tag), parse_version(running)
    if version is None or now is None or version.is_devrelease:
        return False
    return version > now and (channel == "beta" or not version.is_prerelease)


def channel_of(chosen: UpdateChannel | None, running: str) -> UpdateChannel:
    """Return the channel in force: who runs a pre-release hears of the next one, until told otherwise."""
    version = parse_version(running)
    return chosen or ("beta" if version is not None and version.is_prerelease else "stable")


def _offered(entry: _Entry, channel: UpdateChannel) -> Release | None:
    version = parse_version(entry.tag_name)
    if version is None or entry.draft or version.is_devrelease:
        return None
    if channel == "stable" and (entry.prerelease or version.is_prerelease):
        return None
    release = Release(entry.tag_name)
    if entry.html_url != release.page:
        raise FeedError("A release has its page somewhere else.")
    return release


def _order(release: Release) -> Version:
    return parse_version(release.tag) or Version("0")
