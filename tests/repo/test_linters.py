"""The linters are set up to notice what they are there for."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# banned name -> a statement that uses it
USES = {
    "aiohttp": "import aiohttp",
    "datetime.date.today": "import datetime\n\nx = datetime.date.today()",
    "datetime.datetime.now": "from datetime import UTC, datetime\n\nx = datetime.now(UTC)",
    "datetime.datetime.today": "from datetime import datetime\n\nx = datetime.today()",
    "datetime.datetime.utcnow": "from datetime import datetime\n\nx = datetime.utcnow()",
    "os.environ": 'import os\n\nx = os.environ["HOME"]',
    "os.getenv": 'from os import getenv\n\nx = getenv("HOME")',
    "os.popen": 'import os\n\nx = os.popen("true")',
    "os.system": 'import os\n\nx = os.system("true")',
    "pathlib.Path.home": "from pathlib import Path\n\nx = Path.home()",
    "subprocess": "import subprocess",
    "time.time": "import time\n\nx = time.time()",
}


NEEDS_MAKE = pytest.mark.skipif(sys.platform == "win32", reason="make is no part of Windows; README names the commands")


def program(name: str) -> str:
    return str(Path(sysconfig.get_path("scripts")) / name)


def banned_api() -> dict[str, dict[str, str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    table: dict[str, dict[str, str]] = project["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    return table


def ruff(source: str, stand_in: str) -> list[tuple[str, str]]:
    """Return code and message of each finding in `source`, as if it stood at `stand_in`."""
    result = subprocess.run(
        [program("ruff"), "check", "--no-cache", "--output-format=json", "--stdin-filename", stand_in, "-"],
        input=source,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return [(finding["code"], finding["message"]) for finding in json.loads(result.stdout)]


def test_every_banned_name_is_tried() -> None:
    assert set(USES) == set(banned_api())


@pytest.mark.parametrize(
    "stand_in", ["codexbar_qt/core/x.py", "codexbar_qt/ui/x.py", "providers/codexbar_providers/x.py"]
)
@pytest.mark.parametrize("name", USES)
def test_banned_name_is_noticed_and_the_port_is_named(name: str, stand_in: str) -> None:
    messages = [message for code, message in ruff(USES[name] + "\n", stand_in) if code == "TID251"]
    assert any(banned_api()[name]["msg"] in message for message in messages)
    assert "port" in banned_api()[name]["msg"]


@pytest.mark.parametrize("name", USES)
def test_adapters_may_use_it(name: str) -> None:
    assert "TID251" not in {code for code, _ in ruff(USES[name] + "\n", "codexbar_qt/adapters/x.py")}


QML = {
    "clean": ("import QtQuick\n\nItem {\n    width: 10\n}\n", True),
    "unqualified access": (
        "import QtQuick\n\nItem {\n    Text {\n        text: somethingFromNowhere\n    }\n}\n",
        False,
    ),
    "unknown property": ("import QtQuick\n\nItem {\n    breadth: 10\n}\n", False),
    "syntax": ("import QtQuick\n\nItem {\n", False),
}


@pytest.mark.parametrize("case", QML)
def test_qmllint_notices(tmp_path: Path, case: str) -> None:
    source, passes = QML[case]
    (tmp_path / "Case.qml").write_text(source, "utf-8")
    result = subprocess.run(
        [
            program("pyside6-qmllint"),
            "-W",
            "0",
            "-I",
            str(ROOT / "resources" / "qml"),
            str(tmp_path / "Case.qml"),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (result.returncode == 0) is passes, result.stdout + result.stderr


@NEEDS_MAKE
def test_check_runs_every_linter() -> None:
    result = subprocess.run(["make", "--dry-run", "check"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    for command in (
        "ruff check",
        "ruff format --check",
        "mypy",
        "pyright",
        "lint-imports",
        "pyside6-qmllint -W 0",
    ):
        assert command in result.stdout


@NEEDS_MAKE
@pytest.mark.parametrize(
    "target",
    ["run", "test", "check", "fix", "e2e", "bench", "screenshots", "new-provider", "test-provider", "clean"],
)
def test_help_names_the_target(target: str) -> None:
    result = subprocess.run(["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert f"  make {target} " in result.stdout
