"""`make new-provider` writes a provider that passes its own cases and every linter as it stands."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import defusedxml.ElementTree
import pytest

from codexbar_qt.provider_testing import load_case, run_case

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider

ROOT = Path(__file__).resolve().parents[2]
CASES = ["changed_shape", "good", "missing_key", "refused_key", "zero_limit"]


def scaffold(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "packaging" / "scaffold" / "new_provider.py"
    return subprocess.run(
        [sys.executable, str(script), "--root", str(root), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    result = scaffold(tmp_path, "acme")
    assert result.returncode == 0, result.stderr
    return tmp_path


def module_path(root: Path) -> Path:
    return root / "providers" / "codexbar_providers" / "acme.py"


def load(root: Path) -> Provider:
    spec = importlib.util.spec_from_file_location("scaffolded_acme", module_path(root))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    provider: Provider = module.PROVIDER
    return provider


def test_files_are_the_provider_its_cases_and_its_icon(written: Path) -> None:
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    cases = {f"tests/providers/acme/{case}.json" for case in CASES}
    others = {
        "providers/codexbar_providers/acme.py",
        "resources/icons/providers/acme.svg",
        "resources/demo/acme.json",
        "tests/providers/test_properties_acme.py",
    }
    assert files == {*others, *cases}


def test_icon_takes_the_color_of_its_surroundings(written: Path) -> None:
    path = written / "resources/icons/providers/acme.svg"
    icon = defusedxml.ElementTree.parse(path).getroot()
    assert icon is not None
    assert (icon.get("viewBox"), icon.get("stroke"), icon.get("stroke-width")) == ("0 0 24 24", "currentColor", "1.5")
    assert "#" not in path.read_text("utf-8")


def test_provider_is_short(written: Path) -> None:
    assert len(module_path(written).read_text("utf-8").splitlines()) < 80


@pytest.mark.parametrize("case", CASES)
async def test_case_passes(written: Path, case: str) -> None:
    report = await run_case(load(written), load_case(written / "tests" / "providers" / "acme" / f"{case}.json"))
    assert report.problems == ()


async def test_demo_data_is_a_case_that_passes(written: Path) -> None:
    report = await run_case(load(written), load_case(written / "resources" / "demo" / "acme.json"))
    assert report.problems == ()


def test_id_of_the_catalogue_gets_its_place(tmp_path: Path) -> None:
    assert scaffold(tmp_path, "codex").returncode == 0
    assert "    order=0,\n" in module_path(tmp_path).with_name("codex.py").read_text("utf-8")


def test_order_is_after_the_catalogue_and_after_each_other(written: Path) -> None:
    (written / "providers" / "codexbar_providers" / "unfinished.py").write_text("(\n", "utf-8")
    assert load(written).descriptor.order == 1000
    assert scaffold(written, "other").returncode == 0
    assert "order=1001," in module_path(written).with_name("other.py").read_text("utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache"],
        ["ruff", "format", "--no-cache", "--check"],
        ["mypy", "--cache-dir", "mypy-cache"],
    ],
)
def test_linter_is_content(written: Path, command: list[str]) -> None:
    program = str(Path(sysconfig.get_path("scripts")) / command[0])
    option = "--config-file" if command[0] == "mypy" else "--config"
    result = subprocess.run(
        [program, *command[1:], option, str(ROOT / "pyproject.toml"), str(module_path(written))],
        cwd=written,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("provider_id", ["", "Acme", "1up", "a-b", "a", "class", "../x", "a" * 32])
def test_unusable_id_writes_nothing(tmp_path: Path, provider_id: str) -> None:
    result = scaffold(tmp_path, provider_id)
    assert result.returncode == 2
    assert "id" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_present_provider_is_not_overwritten(written: Path) -> None:
    before = module_path(written).read_text("utf-8")
    result = scaffold(written, "acme", "--name", "Other")
    assert result.returncode == 2
    assert "exists already" in result.stderr
    assert module_path(written).read_text("utf-8") == before
