"""A provider made by following providers/README.md is everywhere at once, with no other file changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
COPIED = [
    "codexbar_qt",
    "packaging",
    "providers",
    "resources",
    "tests/providers",
    "tests/conftest.py",
    "pyproject.toml",
]
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache")

# What a person would do in the windows, asked of the models behind them; the popup is rendered too.
LOOK_AROUND = """
import asyncio, json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from codexbar_qt import bootstrap
from codexbar_qt.ui.contact_sheet import render_popup_session
from codexbar_qt.ui.popup_model import PopupModel
from codexbar_qt.ui.qt_messages import QtMessages
from codexbar_qt.ui.settings_model import SettingsDesktop, SettingsModel
from codexbar_qt.ui.store_bridge import StoreBridge
from codexbar_qt.ui.theme import ThemeModel

messages = QtMessages()
messages.install()
app = QApplication([])

async def look():
    services = bootstrap.build_demo_services()
    session = await bootstrap.build_session(services)
    await session.fetch_once()
    theme, bridge = ThemeModel(app), StoreBridge(session.store)
    popup = PopupModel(session, bridge, theme)
    popup.present()
    popup.select_provider("acme")
    card = session.card("acme")
    settings = SettingsModel(session, theme, SettingsDesktop(print, print, print))
    settings.showProvider("acme")
    found = {
        "tabs": [tab.provider_id for tab in popup.tabs.records],
        "shown": [record.card.key.provider_id for record in popup.cards.records],
        "rows": [(row.label, row.value_text, row.reset_text) for row in card.rows],
        "sidebar": [(item.provider_id, item.name, item.icon) for item in settings.providers.items],
        "page": settings.providerId,
        "fields": [field.label for field in settings.shown_page.controls()],
    }
    found["pictures"] = [path.name for path in render_popup_session(app, session, Path(sys.argv[1]), dark=False,
                                                                    messages=messages)]
    settings.close()
    popup.dispose()
    bridge.close()
    await session.close()
    await services.close()
    return found

found = asyncio.run(look())
print(json.dumps({**found, "complaints": [str(problem) for problem in messages.problems]}))
"""


def digests(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Checkout:
    """A copy of the checkout; what runs in it sees its modules and not those of the installed project."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            source, target = ROOT / name, root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=IGNORED)
            else:
                shutil.copy2(source, target)

    def run(self, *arguments: str) -> str:
        """Run Python with these arguments; returns what it printed."""
        paths = {"PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "providers")])}
        environment: Mapping[str, str] = {**os.environ, **paths, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, dict[str, str], dict[str, str]]:
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    before = digests(checkout.root)
    checkout.run("packaging/scaffold/new_provider.py", "acme", "--name", "Acme AI")
    return checkout, before, digests(checkout.root)


@pytest.fixture
def checkout(before_and_after: tuple[Checkout, dict[str, str], dict[str, str]]) -> Checkout:
    return before_and_after[0]


def test_no_other_file_changes(before_and_after: tuple[Checkout, dict[str, str], dict[str, str]]) -> None:
    checkout, before, after = before_and_after
    assert {name: after[name] for name in before} == before
    new = set(after) - set(before)
    cases = {name for name in new if name.startswith("tests/providers/acme/")}
    assert len(cases) >= 5
    assert new - cases == {
        "providers/codexbar_providers/acme.py",
        "resources/demo/acme.json",
        "resources/icons/providers/acme.svg",
        "tests/providers/test_properties_acme.py",
    }
    lines = (checkout.root / "providers/codexbar_providers/acme.py").read_text("utf-8").splitlines()
    assert len(lines) < 80


def test_cases_and_rules_of_all_providers_pass(checkout: Checkout) -> None:
    """As `make test-provider ID=acme` does it, with the rules that look at all providers together."""
    told = checkout.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/providers", "-k", "acme or all or unique"
    )
    assert " passed" in told
    assert "skipped" not in told


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_its_property_tests_are_well_written(checkout: Checkout, command: list[str]) -> None:
    checkout.run("-m", "ruff", *command, "--no-cache", "tests/providers/test_properties_acme.py")


def test_command_line_knows_it(checkout: Checkout) -> None:
    command_line = ["-m", "codexbar_qt.cli.main"]
    assert "acme: disabled (Acme AI)\n" in checkout.run(*command_line, "config", "providers")
    assert "Acme AI" in checkout.run(*command_line, "config", "enable", "--provider", "acme")
    assert "acme: enabled (Acme AI)\n" in checkout.run(*command_line, "config", "providers")
    assert "OK" in checkout.run(*command_line, "config", "validate")


def test_popup_and_settings_show_it(checkout: Checkout, tmp_path: Path) -> None:
    found = json.loads(checkout.run("-c", LOOK_AROUND, str(tmp_path)).splitlines()[-1])
    assert "acme" in found["tabs"]
    assert found["shown"] == ["acme"]
    assert found["rows"] == [["Monthly", "67% left", "Resets in 12d 4h"]]
    assert ["acme", "Acme AI", "acme"] in found["sidebar"]
    assert found["page"] == "acme"
    assert "API key" in found["fields"]
    assert "popup-session-acme-light@1x.png" in found["pictures"]
    assert found["complaints"] == []
