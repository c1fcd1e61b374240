"""Which texts from outside are version numbers."""

from __future__ import annotations

import pytest

from codexbar_qt.core.versions import parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.7.0", "0.7.0"),
        ("v0.7", "0.7"),
        ("v0.7.0-beta.2", "0.7.0b2"),
        ("0.7.0rc1", "0.7.0rc1"),
        ("2026.12", "2026.12"),
        ("0.7.0.post1", "0.7.0.post1"),
    ],
)
def test_versions(text: str, version: str) -> None:
    assert str(parse_version(text)) == version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v",
        "nightly",
        "1!2.0",
        "1.0+debian1",
        "1.0 ",
        "1.0\n",
        "release-1.0",
        "1..0",
        "../1.0",
        "1.0/../../x",
        "9" * 64 + ".0",
        "\u0661.0",
    ],
)
def test_no_versions(text: str) -> None:
    assert parse_version(text) is None
