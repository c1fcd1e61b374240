"""Variables that other programs use too: read for a provider that was named, and for nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexbar_qt.provider_testing import load_case

pytestmark = pytest.mark.e2e
FOLDER = Path(__file__).parents[2] / "providers" / "kimik2"


@pytest.mark.parametrize(
    ("arguments", "enabled"),
    [(("--provider", "kimik2"), False), (("--provider", "KIMI-K2"), False), (("--provider", "all"), True), ((), True)],
)
def test_a_named_provider_reads_them(
    arguments: tuple[str, ...], enabled: bool, codexbar: Any, home: Path, serve: Any, decode_usage: Any
) -> None:
    configure(home, enabled)
    hosts, leading_there = serve(load_case(FOLDER / "environment_generic.json"))
    ended = codexbar.run("usage", *arguments, "--json-only", KIMI_API_KEY="test-key-3", **leading_there)
    found = {element.provider: element for element in decode_usage(ended.stdout)}
    assert found["kimik2"].usage.login_method == "Credits: 40 left"
    assert [*hosts.problems, *hosts.unused()] == []


@pytest.mark.parametrize("name", ["all", "ALL"])
def test_all_names_nobody(name: str, codexbar: Any, home: Path, serve: Any, decode_usage: Any) -> None:
    configure(home, False)
    hosts, leading_there = serve(load_case(FOLDER / "environment_generic.json"))
    ended = codexbar.run("usage", "--provider", name, "--json-only", KIMI_API_KEY="test-key-3", **leading_there)
    found = {element.provider: element for element in decode_usage(ended.stdout)}
    assert "API key missing" in found["kimik2"].error.message
    assert hosts.unused() != []
    assert "test-key-3" not in str(hosts.problems)
    assert not any("kimi-k2.ai" in problem for problem in hosts.problems)


def configure(home: Path, enabled: bool) -> None:
    entries = [{"id": "kimik2", "enabled": enabled}]
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))
