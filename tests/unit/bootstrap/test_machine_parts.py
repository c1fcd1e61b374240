"""The parts of the real thing, built when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.bootstrap import MachineParts
from codexbar_qt.core.registry import LoadFailure, Registry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODEXBAR_CONFIG", str(tmp_path / "config.json"))


async def test_what_nobody_asked_for_needs_no_closing() -> None:
    parts = MachineParts()
    await parts.close()
    assert not {"live", "browsers", "registry", "config_file"} & set(vars(parts))


async def test_reading_logs_builds_neither_providers_nor_network() -> None:
    parts = MachineParts()
    assert (await parts.cost.scan()).ledgers
    assert (await parts.prices.table()).origin
    assert not {"live", "browsers", "registry", "config_file"} & set(vars(parts))
    await parts.close()


async def test_closing_ends_what_was_built() -> None:
    parts = MachineParts()
    assert parts.contexts is parts.live.contexts
    await parts.close()
    assert {"live", "browsers", "registry"} <= set(vars(parts))


def test_providers_that_were_left_out_are_told_to_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = Registry((), (LoadFailure("acme", "It has no PROVIDER."),))
    monkeypatch.setattr("codexbar_qt.core.registry.load_registry", lambda *_: found)
    assert MachineParts().registry is found
    assert "The provider acme was left out: It has no PROVIDER." in caplog.text
