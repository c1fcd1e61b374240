"""The files of the Linux packages and the scripts beside them, read by the tools that judge such files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import install_tree


def judged(*command: str | Path) -> str:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"needs {command[0]}; packaging/linux/test-tools.sh could not install it")
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_desktop_entry(repo_root: Path) -> None:
    path = repo_root / "packaging" / "linux" / "share" / "codexbar-qt.desktop"
    assert judged("desktop-file-validate", "--warn-kde", path) == ""


def test_metainfo(repo_root: Path, tmp_path: Path) -> None:
    text = (repo_root / "packaging" / "linux" / "share" / install_tree.METAINFO).read_text(encoding="utf-8")
    path = tmp_path / install_tree.METAINFO
    path.write_text(text.replace("@VERSION@", "0.1.0").replace("@DATE@", "2026-01-06"), encoding="utf-8")
    assert judged("appstreamcli", "validate", "--no-net", path) == ""


def test_shell_scripts(repo_root: Path) -> None:
    scripts = [path for folder in ("packaging", ".ci") for path in sorted((repo_root / folder).rglob("*.sh"))]
    assert len(scripts) > 4
    shellcheck = Path(sys.executable).with_name("shellcheck")
    flags = ("--external-sources", "--source-path=SCRIPTDIR")
    assert judged(shellcheck, *flags, *scripts, repo_root / ".ci" / "run") == ""


@pytest.mark.parametrize(
    ("version", "shown"),
    [("0.1.0", "0.1.0"), ("0.2.0rc1", "0.2.0~rc1"), ("1.0.0a2", "1.0.0~a2"), ("1.0.0.dev3", "1.0.0~dev3")],
)
def test_versions_sort_as_package_managers_read_them(version: str, shown: str) -> None:
    assert install_tree.package_version(version) == shown
