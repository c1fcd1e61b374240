"""Wires the logs of agents on this machine to their port."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.bootstrap.live_contexts import Machine
    from codexbar_qt.core.cost_logs import CostLogs
    from codexbar_qt.cost.places import Places


def cost_folder() -> Path:
    """Return where results of scans are kept."""
    from codexbar_qt.bootstrap.places import cache_folder

    return cache_folder() / "cost-usage"


def build_cost_logs(machine: Machine, *, is_background: bool) -> CostLogs:
    """Return the logs; `is_background` lets other programs go first."""
    from codexbar_qt.adapters.cost_worker import WorkerCostLogs, WorkerPlace
    from codexbar_qt.adapters.process_environment import child_environment
    from codexbar_qt.cost.places import PLACE_VARIABLES, Places

    def places() -> Places:
        found = {name: machine.env.get(name) for name in PLACE_VARIABLES}
        return Places(machine.platform, str(machine.home), {name: value for name, value in found.items() if value})

    def environment() -> dict[str, str]:
        path = os.environ.get("PATH", "")
        return child_environment(os.environ, path=path, home=str(machine.home), platform=machine.platform)

    return WorkerCostLogs(WorkerPlace(places, cost_folder(), environment, is_background=is_background))
