"""Wires the logs of agents on this machine to their port, and the prices to their files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.bootstrap.live_contexts import Machine
    from codexbar_qt.bootstrap.services import Services
    from codexbar_qt.core.cost_logs import CostLogs
    from codexbar_qt.core.cost_prices import CostPrices
    from codexbar_qt.core.cost_watch import CostParts
    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.private_file import FileCalls
    from codexbar_qt.cost.places import Places
    from codexbar_qt.provider_api import Clock, HttpClient


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


def build_cost_prices(
    http: Callable[[], HttpClient], clock: Clock, preferences: Callable[[], Preferences], calls: FileCalls
) -> CostPrices:
    """Return the prices: the built-in ones, and what the folders of this machine add to them."""
    from codexbar_qt.bootstrap.places import data_folder
    from codexbar_qt.core.cost_prices import CostPrices, PriceFolders

    return CostPrices(
        PriceFolders(cost_folder(), data_folder()),
        http,
        is_catalogue_on=lambda: preferences().token_cost_price_catalogue_enabled,
        now=clock.now,
        calls=calls,
    )


def build_demo_prices(folder: Path, clock: Clock) -> CostPrices:
    """Return the built-in prices; `folder` is empty."""
    from codexbar_qt.core.cost_prices import CostPrices, PriceFolders

    return CostPrices(PriceFolders(folder, folder), None, is_catalogue_on=lambda: False, now=clock.now)


def build_cost_parts(services: Services) -> CostParts:
    """Return what the tray app watches cost with."""
    from codexbar_qt.bootstrap.places import home_folder
    from codexbar_qt.core.cost_pricer import TablePricer
    from codexbar_qt.core.cost_watch import CostParts
    from codexbar_qt.demo.cost_logs import HOME

    home = str(home_folder()) if services.demo is None else HOME
    return CostParts(services.cost, TablePricer(services.prices.table), home)
