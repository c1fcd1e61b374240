"""ccusage, the program that local cost is compared with: puts a pinned release below build/ and runs it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.cost.reference_rules import Cell
from tests.bench.cost.rule_case import Said

if TYPE_CHECKING:
    from tests.bench.cost.reference_rules import Cells
    from tests.bench.cost.rule_case import Family

VERSION = "20.0.24"
"""The launcher of later releases asks for a Linux program that was never published."""
_ROOT = Path(__file__).parents[3]
_PLACE = _ROOT / "build" / "ccusage"
_SECONDS = 300


def installed() -> Path | None:
    """Return the program, None when it is not there."""
    program = _PLACE / "node_modules" / "@ccusage" / _package() / "bin" / "ccusage"
    return program if program.is_file() else None


def install() -> tuple[Path | None, str]:
    """Return the program, put there when it was not, or None and a line about why not."""
    if (program := installed()) is not None and os.access(program, os.X_OK):
        return program, ""
    npm = shutil.which("npm")
    if npm is None or sys.platform != "linux":
        return None, "Not compared with ccusage: npm is not there, or this is no Linux."
    names = [f"ccusage@{VERSION}", f"@ccusage/{_package()}@{VERSION}"]
    command = [npm, "install", "--prefix", str(_PLACE), "--no-audit", "--no-fund", "--ignore-scripts", *names]
    try:
        _PLACE.mkdir(parents=True, exist_ok=True)
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        return None, f"Not compared with ccusage: npm could not install it ({type(error).__name__})."
    program = installed()
    if program is not None:
        program.chmod(0o755)  # the launcher does so when it first runs; it needs Node, and time
    return program, ""


def command(program: Path, family: Family = "claude") -> list[str]:
    """Return the command that reports a family of logs by day, with the prices the program carries."""
    return [str(program), family, "daily", "--json", "--offline"]


def environment(folder: Path, home: Path) -> dict[str, str]:
    """Return the variables for logs below `folder`; `home` is empty."""
    known = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "TZ": "UTC"}
    return {**known, "CLAUDE_CONFIG_DIR": str(folder), "CODEX_HOME": str(folder)}


def run(program: Path, claude: Path, home: Path) -> Cells:
    """Return what it reports of the logs below `claude`, by day (UTC) and the model's name as logged."""
    cells: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
    for day in _report(program, claude, home, "claude").get("daily", ()):
        for model in day["modelBreakdowns"]:
            tokens = tuple(
                model[name] for name in ("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens")
            )
            cells[day["date"], model["modelName"]].add(tokens, model["cost"] or None)
    return dict(cells)


def run_whole(program: Path, folder: Path, home: Path, family: Family) -> Said:
    """Return all tokens and dollars it reports of logs; 0 dollars are none."""
    totals = _report(program, folder, home, family).get("totals") or {}
    return Said(totals.get("totalTokens", 0), totals.get("totalCost", totals.get("costUSD")) or None)


def _report(program: Path, folder: Path, home: Path, family: Family) -> dict[str, Any]:
    words, variables = command(program, family), environment(folder, home)
    done = subprocess.run(words, env=variables, check=True, capture_output=True, timeout=_SECONDS)
    report = json.loads(done.stdout)
    return report if isinstance(report, dict) else {}  # [] is all it says of no data


def under_report_names(cells: Cells, report_name: Any) -> Cells:
    """Return the same under the names that our reports show."""
    merged: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
    for (day, model), cell in cells.items():
        merged[day, report_name("claude", model)].add(cell.tokens, cell.cost)
    return dict(merged)


def _package() -> str:
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), "x64")
    return f"ccusage-linux-{machine}"
