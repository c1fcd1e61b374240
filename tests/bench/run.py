"""Measures the budgets of the app and prints them as a table; every row was measured against its reference in this run.

Usage: python tests/bench/run.py [--quick] [--json FILE] [--large] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.bench.cost.differences import difference_rows
from tests.bench.cost.scan_rows import growth_rows, scan_rows
from tests.bench.cost.stall_rows import cost_stall_rows
from tests.bench.desktops import desktop
from tests.bench.frozen import frozen_rows
from tests.bench.rows import Plan, idle_rows, popup_rows, refresh_rows, stall_rows, start_rows
from tests.bench.table import Row, render

_GROUPS = {
    "start": start_rows,
    "idle": idle_rows,
    "popup": popup_rows,
    "stall": stall_rows,
    "refresh": refresh_rows,
    "cost-stall": cost_stall_rows,
    "cost": scan_rows,
    "differences": difference_rows,
    "frozen": frozen_rows,
}
_LARGE = {"growth": growth_rows}
"""Measured only when asked for."""


def main() -> int:
    """Measure, print, and return 0 whatever the result is: a budget that is over is read, not failed on."""
    groups = _GROUPS | _LARGE
    parser = argparse.ArgumentParser(description="Prints the app's budgets as ratios measured in one run.")
    parser.add_argument("--quick", action="store_true", help="repeat less often")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results to FILE")
    parser.add_argument("--large", action="store_true", help="also read logs of 2 GB, which takes minutes")
    parser.add_argument("--only", nargs="+", choices=sorted(groups), metavar="NAME", help=", ".join(groups))
    options = parser.parse_args()
    started = time.monotonic()
    rows: list[Row] = []
    with (
        desktop() as (place, environment),
        tempfile.TemporaryDirectory(prefix="cbbench", ignore_cleanup_errors=True) as folder,
    ):
        print(f"Measured on: {place}. Medians of alternating runs.", flush=True)
        plan = Plan(environment, Path(folder), starts=5 if options.quick else 11, repeats=2 if options.quick else 5)
        for name in options.only or (groups if options.large else _GROUPS):
            rows += groups[name](plan)
    print("\n".join([render(rows), "", *plan.remarks]))
    print(f"Took {time.monotonic() - started:.0f} s.")
    if options.json is not None:
        results = {"desktop": place, "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
