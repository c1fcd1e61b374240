"""What no file may contain: addresses of package indexes, paths of a machine, secrets, sloppy endings."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Each name is broken up by a character class so that this file does not match itself.
FORBIDDEN = re.compile(
    r"p[y]pi\.org|python[h]osted|registry\.npm[j]s|deb\.debia[n]|[c]rates\.io/api"
    r"|/wor[k]/(main|shared|\.library)|/roo[t]/|/hom[e]/runner|--(extra-)?inde[x]-url|--find-link[s]",
    re.IGNORECASE,
)
SKIPPED_FOLDERS = {".git", ".venv", "build", "dist", "__pycache__"}
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[0-9][^ ;]*)(?: ; (?P<marker>.+))?$")


def files(repo_root: Path) -> Iterator[Path]:
    for path in sorted(repo_root.rglob("*")):
        inside = path.relative_to(repo_root).parts
        hidden_cache = any(part.endswith("_cache") or part in SKIPPED_FOLDERS for part in inside)
        if path.is_file() and not hidden_cache and inside[0] != ".hypothesis" and path.suffix != ".pyc":
            yield path


def pins(repo_root: Path, name: str) -> dict[str, str]:
    lines = (repo_root / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
    matches = [PIN.match(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert all(matches), f"requirements/{name}.txt holds something other than exact pins"
    return {match["name"]: match["version"] for match in matches if match}


def test_no_addresses_of_indexes_and_no_machine_paths(repo_root: Path) -> None:
    hits = [
        f"{path.relative_to(repo_root)}:{number}: {line.strip()[:80]}"
        for path in files(repo_root)
        if path.suffix != ".svg"
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert hits == []


@pytest.mark.parametrize("text", ["https://p{}pi.org/simple", "/wor{}/main/x", "/roo{}/.cache", "--inde{}-url=x"])
def test_the_search_finds_what_it_should(text: str) -> None:
    letter = {"p{}pi": "y", "/wor": "k", "/roo": "t", "--in": "x"}[text[:4] if text[0] in "/-" else "p{}pi"]
    assert FORBIDDEN.search(text.format(letter))


@pytest.mark.parametrize("name", ["ci", "dev", "freeze", "runtime"])
def test_pins_carry_no_address(repo_root: Path, name: str) -> None:
    text = (repo_root / "requirements" / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    assert " @ " not in text
    assert pins(repo_root, name)


@pytest.mark.parametrize("name", ["ci", "dev", "freeze"])
def test_pin_files_agree(repo_root: Path, name: str) -> None:
    """What two files name has one version: they may be installed together."""
    dev, other = pins(repo_root, "dev"), pins(repo_root, name)
    assert {one: other[one] for one in dev if one in other} == {one: dev[one] for one in dev if one in other}
    runtime = pins(repo_root, "runtime")
    assert name == "ci" or {one: other.get(one) for one in runtime} == runtime


def test_every_dependency_is_pinned(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9-]", requirement, maxsplit=1)[0].lower() for requirement in requirements}

    assert names(project["project"]["dependencies"]) <= set(pins(repo_root, "runtime"))
    for group, requirements in project["dependency-groups"].items():
        assert names(requirements) <= set(pins(repo_root, group)), group


def test_files_are_tidy_and_hold_no_secret(repo_root: Path) -> None:
    script = repo_root / "packaging" / "precommit" / "tidy_files.py"
    names = [str(path) for path in files(repo_root)]
    result = subprocess.run([sys.executable, str(script), *names], capture_output=True, encoding="utf-8", check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.txt", "no newline", "no newline at its end"),
        ("a.txt", "two\n\n", "ends with an empty line"),
        ("a.json", "{,}\n", "does not parse"),
        ("a.toml", "= 1\n", "does not parse"),
        ("a.txt", "x" * 600_000 + "\n", "larger than"),
        ("a.txt", "line\nkey = gh" + "p_" + "a1B2" * 9 + "\n", "looks like a secret in line 2"),
        ("a.txt", "-----BEGIN " + "PRIVATE KEY-----\n", "looks like a secret in line 1"),
    ],
)
def test_untidy_file_is_named(repo_root: Path, tmp_path: Path, name: str, content: str, complaint: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    script = repo_root / "packaging" / "precommit" / "tidy_files.py"
    result = subprocess.run(
        [sys.executable, str(script), str(tmp_path / name)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 1
    assert complaint in result.stdout
