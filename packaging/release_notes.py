"""Prints the release notes of a tag from CHANGELOG.md; refuses a tag without a section there.

python packaging/release_notes.py v1.2.3
"""

from __future__ import annotations

import sys
from pathlib import Path

from codexbar_qt import __version__
from codexbar_qt.core.changelog import parse_changelog

CHANGELOG = Path(__file__).resolve().parents[1] / "CHANGELOG.md"
CHECKING = """
---

Every file was built by the workflow of this tag. `sha256sum --check SHA256SUMS` compares what you have downloaded, and
`gh attestation verify FILE --repo OWNER/NAME` says where it was built.
"""


def release_notes(tag: str, version: str, changelog: str) -> str:
    """Return the notes as Markdown. Raises ValueError with a sentence when there are none for this tag."""
    if tag != f"v{version}":
        raise ValueError(f"The tag {tag} does not fit version {version}. Name it v{version}, or change __version__.")
    text = next((section.text for section in parse_changelog(changelog) if section.version == version), "")
    if not text:
        raise ValueError(f"CHANGELOG.md says nothing about {version}. Give what is unreleased its heading.")
    return f"{text}\n{CHECKING}"


def main() -> int:
    """Print them, or say what is missing."""
    if len(sys.argv) != 2:
        print("Name the tag: python packaging/release_notes.py v1.2.3", file=sys.stderr)
        return 2
    try:
        notes = release_notes(sys.argv[1], __version__, CHANGELOG.read_text(encoding="utf-8"))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(notes, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
