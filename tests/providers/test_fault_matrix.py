"""Every fault at every place of every recorded case of every provider, through fakes; new cases come by themselves."""

from __future__ import annotations

import importlib
import json
import pkgutil
from datetime import timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import codexbar_providers
from codexbar_qt.cli.readings import Reading
from codexbar_qt.cli.usage_json import usage_element
from codexbar_qt.cli.usage_text import TextStyle, usage_block
from codexbar_qt.core.account import AccountKey, AccountState, succeed
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.core.presenter import Look, present_card, present_tab
from codexbar_qt.core.snapshot_texts import fit_to_show
from codexbar_qt.core.tray_presenter import TraySubject, present_tray
from codexbar_qt.json_text import encode_json
from codexbar_qt.provider_testing import load_case
from codexbar_qt.provider_testing.fault_injection import FAULTS
from codexbar_qt.provider_testing.fault_matrix import FAMILIES, FaultMatrix, FaultReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from codexbar_qt.provider_api import Provider, Snapshot

CASES = Path(__file__).parent
IDS = sorted(info.name for info in pkgutil.iter_modules(codexbar_providers.__path__) if not info.name.startswith("_"))
TITLE = "Every place of every recorded case, through fakes"
LOOKS = (Look(), Look(show_used=True, absolute_resets=True, show_cost=True, zone=timezone(timedelta(hours=14))))


def shown_badly(provider: Provider, snapshot: Snapshot, now: datetime) -> Iterator[str]:
    """Say what a snapshot of a disturbed run does to the parts that show it."""
    if not is_sound(snapshot):
        yield "the snapshot has a field of another type than declared"
        return
    fit = fit_to_show(snapshot)
    state = succeed(AccountState(), fit, "auto", now)
    for look in LOOKS:
        card = present_card(provider.descriptor, AccountKey(provider.id), state, look, now)
        present_tab(provider.descriptor, state, look, now)
        present_tray([TraySubject(provider.descriptor, state)], provider.id, look, now)
        if any(row.fill is not None and not 0 <= row.fill <= 100 for row in card.rows):
            yield "a meter of the card is outside 0 to 100"
    if provider.tray_text:
        provider.tray_text(fit, {})
    reading = Reading(provider.descriptor, "auto", snapshot=fit)
    json.loads(encode_json([usage_element(reading)]))
    usage_block(reading, TextStyle(), now)


@cache
def matrix_of(provider_id: str) -> FaultMatrix:
    provider: Provider = importlib.import_module(f"codexbar_providers.{provider_id}").PROVIDER
    cases = [load_case(path) for path in sorted((CASES / provider_id).glob("*.json"))]
    assert cases
    return FaultMatrix(provider, cases, check=shown_badly)


@pytest.mark.timeout(600)  # up to thirty thousand fetches, and there may be work beside them
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("provider_id", IDS)
def test_faults(provider_id: str, family: str, fault_reports: dict[str, list[FaultReport]]) -> None:
    report = matrix_of(provider_id).run(family)
    fault_reports.setdefault(TITLE, []).append(report)
    assert not report.problems, f"{sum(report.failures.values())} faults\n" + "\n".join(report.problems)


def test_no_fault_is_left_out(fault_reports: dict[str, list[FaultReport]]) -> None:
    reports = fault_reports.get(TITLE, [])
    if len(reports) < len(IDS) * len(FAMILIES):
        pytest.skip("only a part of the matrix was asked for")
    counted = {fault for report in reports for fault, count in report.counts.items() if count}
    assert set(FAULTS) - counted <= {"program's JSON damaged"}, "no provider runs a program that prints a document"
