"""The notes of a release come from the changelog, or there is no release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

CHANGELOG = """# Changelog

## [Unreleased]

- Next.

## [1.2.3] - 2030-01-08

### Added

- One.

## [1.2.2] - 2030-01-01

- Old.
"""


@pytest.fixture(scope="module")
def notes(packaging_script: Callable[[str], ModuleType]) -> ModuleType:
    return packaging_script("release_notes.py")


def test_the_section_of_the_version_becomes_the_notes(notes: ModuleType) -> None:
    text = notes.release_notes("v1.2.3", "1.2.3", CHANGELOG)
    assert text.startswith("**Added**\n\n- One.")
    assert "sha256sum --check" in text
    assert "Old" not in text
    assert "Next" not in text


@pytest.mark.parametrize(
    ("tag", "version", "told"),
    [
        ("v1.2.4", "1.2.3", "Name it v1.2.3"),
        ("1.2.3", "1.2.3", "Name it v1.2.3"),
        ("v1.3.0", "1.3.0", "says nothing about 1.3.0"),
    ],
)
def test_a_tag_that_does_not_fit_is_refused(notes: ModuleType, tag: str, version: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        notes.release_notes(tag, version, CHANGELOG)
