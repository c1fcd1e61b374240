"""Each import contract holds, and is proven to notice the breach it is there for."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")

# contract id -> (new module, its offending import)
BREACHES = {
    "layers": ("codexbar_qt/core/breach.py", "from codexbar_qt import cli"),
    "contract-alone": ("codexbar_qt/provider_api/breach.py", "import msgspec"),
    "providers-see-contract": ("codexbar_providers/breach.py", "from codexbar_qt.core import store"),
    "app-names-no-provider": ("codexbar_qt/core/breach.py", "import codexbar_providers.openrouter"),
    "providers-independent": ("codexbar_providers/breach.py", "from codexbar_providers import openrouter"),
    "qt-only-in-ui": ("codexbar_qt/core/breach.py", "from PySide6.QtCore import QObject"),
    "qasync-in-application": ("codexbar_qt/ui/breach.py", "import qasync"),
    "core-does-no-io": ("codexbar_qt/core/breach.py", "import subprocess"),
    "adapters-see-ports": ("codexbar_qt/adapters/breach.py", "from codexbar_qt.core import store"),
    "adapters-wired-once": ("codexbar_qt/core/breach.py", "from codexbar_qt import adapters"),
    "cost-alone": ("codexbar_qt/cost/breach.py", "from codexbar_qt.core import store"),
    "logs-read-by-worker": ("codexbar_qt/core/breach.py", "from codexbar_qt.cost import scanner"),
    "test-kit-protected": ("codexbar_qt/core/breach.py", "from codexbar_qt import provider_testing"),
    "demo-sees-contract": ("codexbar_qt/demo/breach.py", "from codexbar_qt.core import store"),
}

# Further imports that a contract must refuse; the table above has one for each.
MORE_BREACHES = [
    ("providers-see-contract", "codexbar_providers/breach.py", "import aiohttp"),
    ("providers-see-contract", "codexbar_providers/breach.py", "import subprocess"),
    ("qt-only-in-ui", "codexbar_qt/cli/breach.py", "from PySide6.QtGui import QIcon"),
    ("qt-only-in-ui", "codexbar_qt/adapters/breach.py", "import qasync"),
    ("core-does-no-io", "codexbar_qt/ui/breach.py", "import keyring"),
    ("core-does-no-io", "codexbar_qt/cli/breach.py", "import aiohttp"),
    ("cost-alone", "codexbar_qt/cost/breach.py", "import aiohttp"),
    ("layers", "codexbar_qt/ui/breach.py", "from codexbar_qt import cli"),
    ("layers", "codexbar_qt/provider_api/breach.py", "from codexbar_qt.core import store"),
]


def contracts() -> list[dict[str, object]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, object]] = project["tool"]["importlinter"]["contracts"]
    return found


def lint_imports(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    return subprocess.run(
        [str(program), "--no-cache", *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Both packages and the configuration, to be broken at will."""
    shutil.copytree(ROOT / "codexbar_qt", tmp_path / "codexbar_qt", ignore=IGNORED)
    shutil.copytree(ROOT / "providers" / "codexbar_providers", tmp_path / "codexbar_providers", ignore=IGNORED)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept(tree: Path) -> None:
    result = lint_imports(tree)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(BREACHES)} kept, 0 broken" in result.stdout


def test_every_contract_has_a_breach() -> None:
    assert set(BREACHES) == {contract["id"] for contract in contracts()}


@pytest.mark.parametrize(
    ("contract", "module", "statement"),
    [(contract, *breach) for contract, breach in BREACHES.items()] + MORE_BREACHES,
)
def test_breach_is_noticed(tree: Path, contract: str, module: str, statement: str) -> None:
    assert (tree / module).parent.is_dir()
    (tree / module).write_text(f'"""A breach."""\n\n{statement}\n', "utf-8")
    result = lint_imports(tree, "--contract", contract)
    name = next(str(entry["name"]) for entry in contracts() if entry["id"] == contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{name} BROKEN" in result.stdout
    assert module.removesuffix(".py").replace("/", ".") in result.stdout


def imported_roots(path: Path) -> set[str]:
    """Return the first two parts of what the module at `path` imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            names.add(node.module or "")
    return {".".join(name.split(".")[:2]) for name in names}


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("codexbar_qt/provider_api", {"codexbar_qt.provider_api"}),
        ("codexbar_qt/provider_testing", {"codexbar_qt.provider_api", "codexbar_qt.provider_testing"}),
    ],
)
def test_published_package_needs_the_standard_library_only(package: str, allowed: set[str]) -> None:
    """A list of forbidden imports is not a list of allowed ones; this is."""
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    foreign = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in modules
        for name in imported_roots(module)
        if name not in allowed and name.split(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_allow_list_sees_a_breach(tmp_path: Path) -> None:
    module = tmp_path / "breach.py"
    module.write_text("def later():\n    from attrs import define\n    return define\n", "utf-8")
    assert imported_roots(module) == {"attrs"}


def test_event_loop_bridge_stays_in_one_module() -> None:
    users = [path.name for path in sorted((ROOT / "codexbar_qt").rglob("*.py")) if "qasync" in imported_roots(path)]
    assert users == ["application.py"]


def test_http_library_stays_in_adapters() -> None:
    users = [path for path in sorted((ROOT / "codexbar_qt").rglob("*.py")) if "aiohttp" in imported_roots(path)]
    assert users
    assert all(path.is_relative_to(ROOT / "codexbar_qt" / "adapters") for path in users)
