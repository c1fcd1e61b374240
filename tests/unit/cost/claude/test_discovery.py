"""Where Claude logs are (token-cost.md 1)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.claude.discovery import find_logs
from codexbar_qt.cost.places import Places

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.cost.log_files import Inventory
    from codexbar_qt.cost.places import Platform

NOT_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


def put(path: Path, text: str = "x\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def find(home: Path, platform: Platform = "linux", **env: str) -> Inventory:
    return find_logs(Places(platform, str(home), env))


def names(home: Path, platform: Platform = "linux", **env: str) -> list[str]:
    """Return the logs that are found, below the home folder, in order."""
    return [os.path.relpath(file.path, home).replace(os.sep, "/") for file in find(home, platform, **env).files]


def test_no_home_at_all(tmp_path: Path) -> None:
    assert find(tmp_path / "nobody").files == []
    assert find(tmp_path / "nobody").unreadable_folders == 0


@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
def test_the_roots_of_claude_code_in_order(tmp_path: Path, platform: Platform) -> None:
    put(tmp_path / ".claude/projects/a/1.jsonl")
    put(tmp_path / ".config/claude/projects/z/2.jsonl")
    put(tmp_path / ".claude/3.jsonl")
    put(tmp_path / ".claude/todos/4.jsonl")
    assert names(tmp_path, platform) == [".config/claude/projects/z/2.jsonl", ".claude/projects/a/1.jsonl"]


@pytest.mark.parametrize(
    ("platform", "data", "env"),
    [
        ("linux", ".config/Claude", {}),
        ("macos", "Library/Application Support/Claude", {}),
        ("windows", "AppData/Roaming/Claude", {}),
        ("windows", "Roaming/Claude", {"APPDATA": "Roaming"}),
    ],
)
def test_the_stores_of_claude_desktop(tmp_path: Path, platform: Platform, data: str, env: dict[str, str]) -> None:
    for store in ("claude-code-sessions", "local-agent-mode-sessions", "other"):
        put(tmp_path / data / store / "a/b/.claude/projects/p/1.jsonl")
    found = names(tmp_path, platform, **{name: str(tmp_path / value) for name, value in env.items()})
    assert found == [
        f"{data}/{store}/a/b/.claude/projects/p/1.jsonl"
        for store in ("local-agent-mode-sessions", "claude-code-sessions")
    ]


def test_stores_are_searched_four_levels_deep(tmp_path: Path) -> None:
    store = tmp_path / ".config/Claude/claude-code-sessions"
    for depth in range(7):
        put(store / "/".join("abcdef"[:depth]) / ".claude/projects/p" / f"{depth}.jsonl")
    assert [name[-7:] for name in names(tmp_path)] == [f"{depth}.jsonl" for depth in range(5)]


def test_stores_are_searched_past_no_folder_of_builds(tmp_path: Path) -> None:
    store = tmp_path / ".config/Claude/claude-code-sessions"
    skipped = ("node_modules", ".git", "build", ".build", "target", "outputs", "DerivedData", ".hidden")
    for name in (*skipped, "Build", "mine"):
        put(store / name / ".claude/projects/1.jsonl")
        put(store / "deep" / name / ".claude/projects/2.jsonl")
    found = {name.split("/")[-4] for name in names(tmp_path)}
    assert found == {"Build", "mine"}


def test_folders_of_builds_are_skipped_in_stores_alone(tmp_path: Path) -> None:
    put(tmp_path / ".claude/projects/build/outputs/1.jsonl")
    assert names(tmp_path) == [".claude/projects/build/outputs/1.jsonl"]


@NOT_WINDOWS
def test_stores_are_searched_through_no_link(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere/a/.claude/projects/1.jsonl")
    store = tmp_path / ".config/Claude/claude-code-sessions"
    store.mkdir(parents=True)
    (store / "link").symlink_to(tmp_path / "elsewhere")
    assert names(tmp_path) == []


def test_the_variable_replaces_all_other_roots(tmp_path: Path) -> None:
    put(tmp_path / ".claude/projects/1.jsonl")
    put(tmp_path / ".config/Claude/claude-code-sessions/a/.claude/projects/2.jsonl")
    put(tmp_path / "mine/projects/3.jsonl")
    put(tmp_path / "mine/4.jsonl")
    assert names(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / "mine")) == ["mine/projects/3.jsonl"]
    assert names(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / "nowhere")) == []


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_variable_is_none(tmp_path: Path, blank: str) -> None:
    put(tmp_path / ".claude/projects/1.jsonl")
    assert names(tmp_path, CLAUDE_CONFIG_DIR=blank) == [".claude/projects/1.jsonl"]


def test_the_variable_is_taken_literally(tmp_path: Path) -> None:
    for folder in ("a,b", " c ", "a", "b", "~"):
        put(tmp_path / folder / "projects/1.jsonl")
    assert names(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / "a,b")) == ["a,b/projects/1.jsonl"]
    assert names(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / " c ")) == [" c /projects/1.jsonl"]
    assert names(tmp_path, CLAUDE_CONFIG_DIR="~") == []


def test_the_variable_may_be_a_list_where_no_such_folder_exists(tmp_path: Path) -> None:
    for folder in ("b", "a", "c"):
        put(tmp_path / folder / "projects/1.jsonl")
    listed = f" {tmp_path / 'b'} , {tmp_path / 'a'},,{tmp_path / 'b'}, {tmp_path / 'nowhere'}"
    assert names(tmp_path, CLAUDE_CONFIG_DIR=listed) == ["b/projects/1.jsonl", "a/projects/1.jsonl"]


def test_a_list_longer_than_any_path(tmp_path: Path) -> None:
    put(tmp_path / "a/projects/1.jsonl")
    listed = ",".join([str(tmp_path / "a"), "x" * 5000, str(tmp_path / "b")])
    assert names(tmp_path, CLAUDE_CONFIG_DIR=listed) == ["a/projects/1.jsonl"]


def test_a_hidden_root_counts_with_a_hidden_folder_above_it(tmp_path: Path) -> None:
    put(tmp_path / ".secret/.more/projects/a/1.jsonl")
    put(tmp_path / ".secret/.more/projects/.b/2.jsonl")
    put(tmp_path / ".secret/.more/projects/a/.3.jsonl")
    assert names(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / ".secret/.more")) == [".secret/.more/projects/a/1.jsonl"]


@NOT_WINDOWS
def test_two_roots_that_are_one_folder_count_once(tmp_path: Path) -> None:
    put(tmp_path / ".claude/projects/1.jsonl")
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/claude").symlink_to(tmp_path / ".claude")
    assert names(tmp_path) == [".config/claude/projects/1.jsonl"]


@NOT_WINDOWS
def test_a_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    store = tmp_path / ".config/Claude/claude-code-sessions"
    store.parent.mkdir(parents=True)
    store.symlink_to(store)
    put(tmp_path / ".claude/projects/1.jsonl")
    assert len(find(tmp_path).files) == 1
    assert find(tmp_path).unreadable_folders == 1
