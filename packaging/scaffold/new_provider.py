"""Write a new provider from the templates beside this file: module, cases, property tests, icon and demo data."""

from __future__ import annotations

import argparse
import ast
import keyword
import re
import sys
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).with_name("templates")
CASES = ("good", "missing_key", "refused_key", "changed_shape", "zero_limit")
CONTRACT_TEST = ROOT / "tests" / "providers" / "test_contract.py"
FIRST_FREE_ORDER = 1000  # ids outside the catalogue come after it


def targets(root: Path, provider_id: str) -> dict[Path, str]:
    """Return the files of a provider, each with the template it is made from."""
    cases = root / "tests" / "providers" / provider_id
    return {
        root / "providers" / "codexbar_providers" / f"{provider_id}.py": "provider.py.txt",
        root / "resources" / "icons" / "providers" / f"{provider_id}.svg": "icon.svg.txt",
        root / "resources" / "demo" / f"{provider_id}.json": "demo.json.txt",
        cases.with_name(f"test_properties_{provider_id}.py"): "properties.py.txt",
        **{cases / f"{case}.json": f"{case}.json.txt" for case in CASES},
    }


def problem_with(provider_id: str, root: Path) -> str | None:
    """Return the sentence that says why `provider_id` cannot be used, None when it can."""
    if not provider_id:
        return "A provider needs an id. Run: make new-provider ID=acme"
    if not re.fullmatch(r"[a-z][a-z0-9]{1,30}", provider_id) or keyword.iskeyword(provider_id):
        return (
            f"{provider_id!r} cannot be an id. Use 2 to 31 lower-case letters and digits, a letter first, "
            "and no Python keyword."
        )
    places = [*targets(root, provider_id), root / "providers" / "codexbar_providers" / provider_id]
    taken = [str(path.relative_to(root)) for path in places if path.exists()]
    return f"{taken[0]} exists already. Choose another id or remove it." if taken else None


def catalogue() -> list[str]:
    """Return the ids whose places are fixed. The rule that checks them is the only place where they are written."""
    for node in ast.parse(CONTRACT_TEST.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CATALOGUE_TEXT":
            return str(ast.literal_eval(node.value)).split()
    raise LookupError(f"{CONTRACT_TEST.name} has no CATALOGUE_TEXT")


def order_of(provider_id: str, root: Path) -> int:
    """Return the place of a provider: that in the catalogue, else the first after all present providers.

    The sources are searched instead of imported: another unfinished provider must not stand in the way.
    """
    if provider_id in (known := catalogue()):
        return known.index(provider_id)
    modules = (root / "providers" / "codexbar_providers").rglob("*.py")
    found = [int(order) for module in modules for order in re.findall(r"\border=(\d+)", module.read_text("utf-8"))]
    return max([*found, FIRST_FREE_ORDER - 1]) + 1


def write(root: Path, provider_id: str, values: Mapping[str, str]) -> list[Path]:
    """Write the files of the provider below `root` and return them."""
    written = targets(root, provider_id)
    for path, template in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((TEMPLATES / template).read_text("utf-8")).substitute(values)
        path.write_text(text, "utf-8", newline="\n")
    return list(written)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, write the files, say what comes next; 2 when the id cannot be used."""
    parser = argparse.ArgumentParser(description="Write a new provider from templates.")
    parser.add_argument("id", help="provider id: lower-case letters and digits")
    parser.add_argument("--name", default="", help="the name people know (default: the id with a capital)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to write into")
    options = parser.parse_args(arguments)
    if problem := problem_with(options.id, options.root):
        print(problem, file=sys.stderr)
        return 2
    values = {
        "id": options.id,
        "name": options.name or options.id.capitalize(),
        "env": options.id.upper(),
        "order": str(order_of(options.id, options.root)),
    }
    for path in write(options.root, options.id, values):
        print(f"wrote {path.relative_to(options.root)}")
    print(f"Next: fill in the module and its cases, then run: make test-provider ID={options.id}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
