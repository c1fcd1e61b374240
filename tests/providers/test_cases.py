"""Every recorded case of every provider: tests/providers/<id>/<case>.json, and resources/demo/<id>.json."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import CasePorts, check_result, load_case, run_case, source_mode

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider

CASES = sorted(Path(__file__).parent.glob("*/*.json"))
DEMOS = sorted((Path(__file__).parents[2] / "resources" / "demo").glob("*.json"))


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in CASES])
async def test_case(path: Path) -> None:
    provider: Provider = importlib.import_module(f"codexbar_providers.{path.parent.name}").PROVIDER
    report = await run_case(provider, load_case(path))
    assert not report.problems, f"{report.case.why}\n" + "\n".join(report.problems)


def test_there_are_cases() -> None:
    assert CASES
    assert DEMOS


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in DEMOS])
async def test_demo_answers_again_and_again(path: Path) -> None:
    provider: Provider = importlib.import_module(f"codexbar_providers.{path.name.partition('.')[0]}").PROVIDER
    case = load_case(path)
    ports = CasePorts.from_case(case, provider, repeat=True)
    for _ in range(3):
        result = await run_strategies(provider, ports.context, source_mode(case, provider))
        assert check_result(result, case.expect) == []
    assert ports.problems() == []
