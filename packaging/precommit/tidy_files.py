"""Check the files of a commit: last line ended, not large, JSON and TOML parse, no secret in sight."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST_BYTES = 512 * 1024

# Shapes of real credentials. The lengths are those of the issuers: placeholders like `sk-test-1` pass.
SECRETS = re.compile(
    r"""
    -----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY-----
    | \bsk-(?:or-v1-|ant-[a-z0-9]+-|proj-)?[A-Za-z0-9_-]{32,}
    | \bgh[pousr]_[A-Za-z0-9]{36}
    | \bAIza[A-Za-z0-9_-]{35}
    | \bAKIA[A-Z0-9]{16}\b
    | \bxox[abpr]-[A-Za-z0-9-]{20,}
    """,
    re.VERBOSE,
)


def problems(path: Path) -> Iterator[str]:
    """Yield one sentence for each thing wrong with the file at `path`."""
    content = path.read_bytes()
    if len(content) > LARGEST_BYTES:
        yield f"is larger than {LARGEST_BYTES // 1024} KiB"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return
    if "\0" in text:
        return
    if text and not text.endswith("\n"):
        yield "has no newline at its end"
    if text.endswith("\n\n"):
        yield "ends with an empty line"
    if match := SECRETS.search(text):
        line = text.count("\n", 0, match.start()) + 1
        yield f"has what looks like a secret in line {line}"
    yield from _syntax_problems(path, text)


def _syntax_problems(path: Path, text: str) -> Iterator[str]:
    # Recorded cases of providers may hold broken documents, but as strings inside a sound case file.
    try:
        if path.suffix == ".json":
            json.loads(text)
        elif path.suffix == ".toml":
            tomllib.loads(text)
    except ValueError as error:
        yield f"does not parse: {error}"


def main(names: Sequence[str]) -> int:
    """Print what is wrong with the named files; return 1 if anything is."""
    paths = [Path(name) for name in names]
    found = [f"{path} {problem}" for path in paths if path.is_file() for problem in problems(path)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
