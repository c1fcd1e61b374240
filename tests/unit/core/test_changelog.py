"""What people read about a new version: the right sections, in Markdown that stands below a heading of ours."""

from __future__ import annotations

import pytest

from codexbar_qt.core.changelog import ChangelogSection, changes_between, parse_changelog
from codexbar_qt.resource_folder import changelog_path

TEXT = """# Changelog

All changes a user can notice.

## [Unreleased]

### Added

- Something new
  over two lines.

## [0.7.0] - 2026-12-01

### Fixed

- A thing.

## [0.7.0-beta.2] - 2026-11-20

- A trial.

## 0.6.0 - 2026-10-01

- An old thing.

## [0.5.0]

[Unreleased]: https://example.com/compare/v0.7.0...HEAD
[0.7.0]: https://example.com/releases/v0.7.0
"""


def test_sections_in_their_order() -> None:
    assert parse_changelog(TEXT) == (
        ChangelogSection("Unreleased", "", "**Added**\n\n- Something new\n  over two lines."),
        ChangelogSection("0.7.0", "2026-12-01", "**Fixed**\n\n- A thing."),
        ChangelogSection("0.7.0-beta.2", "2026-11-20", "- A trial."),
        ChangelogSection("0.6.0", "2026-10-01", "- An old thing."),
        ChangelogSection("0.5.0", "", ""),
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("- Plain, with *stress* and **weight**.", "- Plain, with *stress* and **weight**."),
        ("See [the page](https://example.com/a_b).", "See the page."),
        ("At <https://example.com> or http://example.com/x.", "At https\\://example.com or http\\://example.com/x."),
        ("`codexbar cost` tells", "codexbar cost tells"),
        ("`CODEXBAR_PREF_<NAME>`, `--days`", "CODEXBAR\\_PREF\\_\\<NAME\\>, \\-\\-days"),
        ("an odd ` one", "an odd ` one"),
        ("`[x](y)` is code", "\\[x\\]\\(y\\) is code"),
    ],
)
def test_links_and_code_become_their_words(written: str, shown: str) -> None:
    (section,) = parse_changelog(f"## [1.0]\n\n{written}\n")
    assert section.text == shown


@pytest.mark.parametrize(
    ("before", "now", "headings"),
    [
        ("0.6.0", "0.7.0", ["0.7.0 (2026-12-01)", "0.7.0-beta.2 (2026-11-20)"]),
        ("0.7.0b2", "0.7.0", ["0.7.0 (2026-12-01)"]),
        ("0.5.0", "0.6.0", ["0.6.0 (2026-10-01)"]),
        ("0.7.0", "0.7.0", []),
        ("0.7.0", "0.6.0", []),
        ("0.7.0", "0.8.0.dev1", ["0.8.0.dev1"]),
        ("0.4.0", "0.5.0", []),
    ],
)
def test_what_lies_between_two_versions(before: str, now: str, headings: list[str]) -> None:
    found = changes_between(TEXT, before, now)
    assert [line.removeprefix("#### ") for line in found.splitlines() if line.startswith("#")] == headings


def test_a_build_without_a_section_is_made_of_what_is_unreleased() -> None:
    assert changes_between(TEXT, "0.7.0", "0.8.0") == "#### 0.8.0\n\n**Added**\n\n- Something new\n  over two lines."


@pytest.mark.parametrize("text", ["", "no headings at all", "## \n## [x] - \n", "\0\n" * 50])
def test_other_texts_say_nothing(text: str) -> None:
    assert changes_between(text, "0.1.0", "9.0.0") == ""


def test_our_own_file_can_be_read() -> None:
    text = changelog_path().read_text("utf-8")
    assert parse_changelog(text)[0].version == "Unreleased"
    assert "Tray app for Linux, macOS and Windows" in changes_between(text, "0.0.1", "99.0.0")
