"""The frozen app in an empty home: dist/codexbar-qt, or the folder that FROZEN_APP names (an installed package)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("FROZEN_APP", Path(__file__).parents[3] / "dist" / "codexbar-qt"))
SUFFIX = ".exe" if sys.platform == "win32" else ""


@dataclass
class Frozen:
    """Runs the programs of the frozen app."""

    folder: Path
    environment: dict[str, str]

    def run(self, program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `codexbar` or `codexbar-qt` to its end."""
        return subprocess.run(
            [str(self.folder / f"{program}{SUFFIX}"), *arguments],
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=110,
            check=False,
        )


@pytest.fixture
def frozen(home: Path) -> Frozen:
    """The frozen app; `make freeze` makes it, and without it these tests have nothing to look at."""
    if not (FOLDER / f"codexbar{SUFFIX}").is_file():
        pytest.skip(f"needs the frozen app in {FOLDER}; make freeze makes it")
    path = os.pathsep.join(("/usr/bin", "/bin")) if os.name == "posix" else os.environ["PATH"]
    # An interpreter's own settings would reach the frozen app, too, if it listened to them.
    environment = {**os.environ, "PATH": path, "CODEXBAR_CONFIG": str(home / "config.json"), "PYTHONPATH": "/nowhere"}
    return Frozen(FOLDER, environment)
