"""The scans tell long requests by the thresholds that the price table states."""

from __future__ import annotations

from codexbar_qt.cost.claude.rows import LONG_PROMPT
from codexbar_qt.cost.codex.usage import LONG_INPUT
from codexbar_qt.cost.price_book import decode_price_file
from codexbar_qt.resource_folder import resource_folder


def test_one_threshold_for_each_family() -> None:
    families = decode_price_file((resource_folder() / "prices.json").read_bytes()).families
    assert {name: family.long_above for name, family in families.items()} == {
        "claude": LONG_PROMPT,
        "codex": LONG_INPUT,
    }
