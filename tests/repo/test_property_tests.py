"""Every public `parse_…` of a provider meets arbitrary documents in tests/providers/test_properties_<id>.py."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROVIDERS = ROOT / "providers" / "codexbar_providers"
TESTS = ROOT / "tests" / "providers"
IDS = sorted(place.stem for place in PROVIDERS.iterdir() if not place.name.startswith("_") and place.name != "py.typed")


def parsers_of(provider_id: str) -> set[str]:
    """The names of the public functions of a provider that read a document."""
    folder = PROVIDERS / provider_id
    modules = sorted(folder.rglob("*.py")) if folder.is_dir() else [PROVIDERS / f"{provider_id}.py"]
    found: set[str] = set()
    for module in modules:
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("parse_"):
                found.add(node.name)
    return found


def names_used_with_given(source: str) -> set[str]:
    """What the test functions with `@given` use, directly or through functions and values of the same file."""
    body = ast.parse(source).body
    uses: dict[str, set[str]] = {}
    pending: list[str] = []
    for node in body:
        loaded = {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)}
        loaded |= {name.attr for name in ast.walk(node) if isinstance(name, ast.Attribute)}
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            uses[node.name] = loaded
            if node.name.startswith("test_") and any("given" in ast.dump(item) for item in node.decorator_list):
                pending.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            uses |= {target.id: loaded for target in targets if isinstance(target, ast.Name)}
    reached: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += uses.get(name, set())
    return reached


@pytest.mark.parametrize("provider_id", IDS)
def test_every_parser_has_a_property_test(provider_id: str) -> None:
    parsers = parsers_of(provider_id)
    place = TESTS / f"test_properties_{provider_id}.py"
    if not parsers and not place.exists():
        pytest.skip("this provider has no function that reads a document")
    assert place.is_file(), f"{', '.join(sorted(parsers))} need property tests in {place.name}"
    missing = parsers - names_used_with_given(place.read_text(encoding="utf-8"))
    assert not missing, f"no property test of {place.name} reaches {', '.join(sorted(missing))}"


def test_there_are_parsers() -> None:
    assert sum(len(parsers_of(provider_id)) for provider_id in IDS) > 10


def test_a_parser_that_is_only_imported_does_not_count() -> None:
    source = (
        "from acme import parse_a, parse_b, parse_c\n"
        "READ = (parse_b,)\n"
        "def helper(text):\n    return parse_a(text)\n"
        "@given(TEXT)\n"
        "def test_it(text):\n    helper(text)\n    [read(text) for read in READ]\n"
        "def test_other():\n    parse_c('')\n"
    )
    reached = names_used_with_given(source)
    assert {"parse_a", "parse_b"} <= reached
    assert "parse_c" not in reached
