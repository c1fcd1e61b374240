"""CHANGELOG.md as the app shows it: the sections of the versions that people have not run before. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from codexbar_qt.core.versions import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable

UNRELEASED: Final = "Unreleased"
MAX_BYTES: Final = 512 * 1024
_HEADING = re.compile(r"^## +\[?([^\]\s]+)\]?(?: +- +(\S+))?\s*$")
_PART_HEADING = re.compile(r"^#{3,} +(.+?)\s*$")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_ADDRESS = re.compile(r"<?(https?)://([^\s>]+)>?")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+.!|~-])")
_LINK_TARGET = re.compile(r"^\[[^\]]+\]: +\S+\s*$")


@dataclass(frozen=True, slots=True)
class ChangelogSection:
    """One version of the file: `version` as written, `day` as written or "", `text` Markdown without headings."""

    version: str
    day: str
    text: str


def parse_changelog(text: str) -> tuple[ChangelogSection, ...]:
    """Return the sections in their order, each below a heading such as `## [0.7.0] - 2026-12-01`.

    Headings inside a section become bold lines, so that a reader may put a heading of his own above it. Links and
    names of code become their words: Qt draws the former in a colour and the latter in a size of its own.
    """
    sections: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading is not None:
            sections.append((heading[1], heading[2] or "", []))
        elif sections and not _LINK_TARGET.match(line):
            sections[-1][2].append(_PART_HEADING.sub(r"**\1**", _plain(line)))
    return tuple(ChangelogSection(version, day, "\n".join(lines).strip()) for version, day, lines in sections)


def changes_between(text: str, before: str, now: str) -> str:
    """Return as Markdown what has changed after version `before` up to `now`, the newest first; "" for nothing.

    A build whose version has no section yet is made of what is unreleased.
    """
    sections = parse_changelog(text)
    first, last = parse_version(before), parse_version(now)
    if first is None or last is None or first >= last:
        return ""
    versions = {one.version: parse_version(one.version) for one in sections}
    chosen = [one for one in sections if (version := versions[one.version]) is not None and first < version <= last]
    if last not in versions.values():
        chosen = [replace(one, version=now) for one in sections if one.version == UNRELEASED] + chosen
    return _joined(one for one in chosen if one.text)


def _plain(line: str) -> str:
    pieces = _CODE.split(line)
    texts = [_ADDRESS.sub(r"\1\\://\2", _LINK.sub(r"\1", text)) for text in pieces[::2]]
    names = [_SPECIAL.sub(r"\\\1", name) for name in pieces[1::2]]
    return "".join(text + name for text, name in zip(texts, [*names, ""], strict=True))


def _joined(sections: Iterable[ChangelogSection]) -> str:
    return "\n\n".join(f"#### {one.version}{f' ({one.day})' if one.day else ''}\n\n{one.text}" for one in sections)
