"""`custom-pricing.json` (token-cost.md 6)."""

from __future__ import annotations

import pytest

from codexbar_qt.cost.custom_prices import MAX_BYTES, custom_rates, decode_custom_prices
from codexbar_qt.cost.price_book import Rates


def test_prices_of_a_model() -> None:
    rates, problem = decode_custom_prices(
        b'{" My-Model ": {"input": 1.5, "output": 2, "cacheRead": 0.25, "cacheWrite": 3, "x": "y"}, "b": {"output": 1}}'
    )
    assert (rates, problem) == (
        {
            "my-model": Rates(1_500_000, 2_000_000, 250_000, 3_000_000, 3_000_000),
            "b": Rates(None, 1_000_000, None, None, None),
        },
        "",
    )


@pytest.mark.parametrize(
    ("key", "logged", "looked_up", "is_found"),
    [
        ("gpt-5", "GPT-5", ("gpt-5",), True),
        ("gpt-5", "openai/gpt-5", ("gpt-5",), True),
        ("openai/gpt-5", "gpt-5", ("gpt-5",), True),
        ("openai/gpt-5", " openai/gpt-5 ", ("gpt-5",), True),
        ("gpt-5.6-sol", "gpt-5.6", ("gpt-5.6-sol",), True),
        ("openai/gpt-5.6-sol", "gpt-5.6", ("gpt-5.6-sol",), True),
        ("groq/llama", "groq/llama", (), True),
        ("openai/groq/llama", "groq/llama", (), False),
        ("llama", "groq/llama", (), False),
        ("gpt", "gpt-5", ("gpt-5",), False),
    ],
)
def test_names(key: str, logged: str, looked_up: tuple[str, ...], is_found: bool) -> None:
    custom = {key: Rates(1, 1, 1, 1, 1)}
    assert (custom_rates(custom, logged, looked_up) is not None) is is_found


def test_the_name_as_logged_comes_first() -> None:
    custom = {"gpt-5.6": Rates(1, 1, 1, 1, 1), "gpt-5.6-sol": Rates(2, 2, 2, 2, 2)}
    assert custom_rates(custom, "gpt-5.6", ("gpt-5.6-sol",)) == custom["gpt-5.6"]


JSON = "custom-pricing.json was ignored: it is not valid JSON. Correct it or remove the file."
FORM = (
    "custom-pricing.json was ignored: it must hold an object of models, each an object of prices."
    " Correct it or remove the file."
)
PRICE = (
    "custom-pricing.json was ignored: a price is not a number of dollars from 0 to 1,000,000."
    " Correct it or remove the file."
)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", JSON),
        (b'{"a": ', JSON),
        (b"\xff\xfe", JSON),
        (b'{"a": {"x": ' + b"[" * 100_000, JSON),
        (b"[" * 100_000, FORM),
        (b'{"a": 1}', FORM),
        (b'{"a": {"input": "1"}}', PRICE),
        (b'{"a": {"input": -1}}', PRICE),
        (b'{"a": {"input": 1e7}}', PRICE),
        (b'{"good": {"input": 1}, "a": {"cacheRead": true}}', PRICE),
        (b" " * (MAX_BYTES + 1), "custom-pricing.json was ignored: it is larger than 1 MiB. Make it smaller."),
    ],
)
def test_a_broken_file_is_told_and_ignored(data: bytes, problem: str) -> None:
    assert decode_custom_prices(data) == ({}, problem)
