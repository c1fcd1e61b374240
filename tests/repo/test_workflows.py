"""The workflows: pinned, limited, and made of what is really in the repository. Linters are in `make check`."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def workflows(repo_root: Path) -> dict[str, dict[Any, Any]]:
    folder = repo_root / ".github" / "workflows"
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.iterdir())}


def jobs(repo_root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, workflow in workflows(repo_root).items():
        for job, content in workflow["jobs"].items():
            yield f"{name}: {job}", content


def commands(repo_root: Path) -> str:
    steps = (step for _, job in jobs(repo_root) for step in job.get("steps", []))
    return "\n".join(step["run"] for step in steps if "run" in step)


def test_the_expected_workflows_are_there(repo_root: Path) -> None:
    assert set(workflows(repo_root)) == {"audit.yml", "build.yml", "ci.yml", "pins.yml", "release.yml"}


def test_every_action_is_pinned_to_a_commit_with_its_version_beside(repo_root: Path) -> None:
    lines = [
        line.split("uses:", 1)[1].strip()
        for path in (repo_root / ".github" / "workflows").iterdir()
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s*(- )?uses:", line)
    ]
    assert [line for line in lines if not PINNED.fullmatch(line) and not line.startswith("./")] == []
    versions: dict[str, set[str]] = {}
    for line in lines:
        if not line.startswith("./"):
            versions.setdefault(line.split("@")[0], set()).add(line)
    assert [name for name, found in versions.items() if len(found) > 1] == []


def test_nothing_is_permitted_but_what_a_job_asks_for(repo_root: Path) -> None:
    for name, workflow in workflows(repo_root).items():
        assert workflow["permissions"] == {}, name
        assert "concurrency" in workflow, name
    may_write = {name for name, job in jobs(repo_root) if "write" in job["permissions"].values()}
    assert may_write == {"release.yml: publish", "pins.yml: propose"}


def test_every_job_ends_by_itself(repo_root: Path) -> None:
    endless = [name for name, job in jobs(repo_root) if "uses" not in job and job.get("timeout-minutes", 999) > 90]
    assert endless == []


def test_every_script_that_is_run_is_there(repo_root: Path) -> None:
    named = set(re.findall(r"(?<![\w./])(?:packaging|\.ci|requirements)/[\w./-]+\w", commands(repo_root)))
    assert len(named) > 8
    assert [name for name in sorted(named) if not (repo_root / name).is_file()] == []


def test_every_target_that_is_made_is_there(repo_root: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (repo_root / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {
        word for line in re.findall(r"^make ([a-z0-9 -]+)$", commands(repo_root), re.MULTILINE) for word in line.split()
    }
    assert used >= {"check", "test", "freeze", "pins"}
    assert used - targets == set()


def test_the_release_hands_over_the_secrets_that_the_build_knows(repo_root: Path) -> None:
    found = workflows(repo_root)
    build, release = found["build.yml"], found["release.yml"]
    # YAML reads the key `on` as a truth value.
    declared = set(build[True]["workflow_call"]["secrets"])
    assert set(release["jobs"]["build"]["secrets"]) == declared
    used = set(re.findall(r"secrets\.(\w+)", (repo_root / ".github/workflows/build.yml").read_text("utf-8")))
    assert used == declared


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not installed; the workflow runs it")
def test_actionlint_has_nothing_to_say(repo_root: Path) -> None:
    done = subprocess.run(["actionlint"], cwd=repo_root, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
