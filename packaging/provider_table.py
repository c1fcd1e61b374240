"""Make the table of providers in README.md from their descriptors.

Prints the table; `--write` puts it between the two markers in the file. A test compares the two.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Provider, SecretSetting, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PACKAGE = "codexbar_providers"
BEGIN = "<!-- provider table: python packaging/provider_table.py --write -->"
END = "<!-- end of provider table -->"
WAYS = {
    Source.API: "API key",
    Source.CLI: "local tool or file",
    Source.OAUTH: "login of its tool",
    Source.WEB: "website session",
}


def built_in_providers() -> list[Provider]:
    """Return the providers of this checkout in catalogue order."""
    package = importlib.import_module(PACKAGE)
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")]
    providers: list[Provider] = [importlib.import_module(f"{PACKAGE}.{name}").PROVIDER for name in names]
    return sorted(providers, key=lambda provider: provider.descriptor.order)


def table(providers: Iterable[Provider]) -> str:
    """Return the table as Markdown, one line per provider."""
    head = ["| provider | id | reads with | environment variables | tested |", "|---|---|---|---|---|"]
    return "\n".join([*head, *map(_line, providers)])


def replaced(text: str, new_table: str) -> str:
    """Return `text` with what stands between the markers replaced; ValueError when a marker is missing."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError("The markers of the provider table are missing.")
    return f"{before}{BEGIN}\n\n{new_table}\n\n{END}{after}"


def _line(provider: Provider) -> str:
    facts = provider.descriptor
    name = f"[{facts.name}]({facts.dashboard_url})" if facts.dashboard_url else facts.name
    ways = dict.fromkeys(WAYS[strategy.source] for strategy in provider.strategies)
    secrets = [setting for setting in facts.settings if isinstance(setting, SecretSetting)]
    variables = dict.fromkeys(f"`{name}`" for secret in secrets for name in secret.env)
    cells = (name, f"`{facts.id}`", ", ".join(ways), ", ".join(variables) or "none", facts.quality)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or write it into README.md with `--write`."""
    parser = argparse.ArgumentParser(description="Make the table of providers.")
    parser.add_argument("--write", action="store_true", help="replace the table in README.md")
    made = table(built_in_providers())
    if not parser.parse_args(arguments).write:
        print(made)
        return 0
    README.write_text(replaced(README.read_text("utf-8"), made), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
