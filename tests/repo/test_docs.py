"""What the pages say is so: links lead somewhere, commands exist, table and case format are the current ones."""

from __future__ import annotations

import inspect
import json
import re
import shlex
from pathlib import Path
from string import Template
from types import ModuleType
from typing import TYPE_CHECKING, get_args

import pytest
from PySide6.QtGui import QColor, QImage

from codexbar_qt.cli.arguments import parse_arguments
from codexbar_qt.cli.output import CommandError
from codexbar_qt.provider_api import FetchContext, ProviderError, Setting
from codexbar_qt.provider_testing import case as case_module
from codexbar_qt.provider_testing import case_file, run_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codexbar_qt.provider_api import JsonView

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "packaging/README.md",
    "providers/README.md",
    "tests/README.md",
    "tests/bench/README.md",
]
EVERYTHING = {
    "why": "Names every kind of thing, so that the reader is asked about all of them.",
    "now": "2030-01-08T12:00:00Z",
    "http": [{"url": "https://api.acme.example", "request": {}}],
    "commands": [{"argv": ["acme"]}],
    "files": {"~/acme.json": {}},
}


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)


def test_every_page_is_looked_at() -> None:
    hidden = {".git", ".venv", ".pytest_cache", ".mypy_cache", "build", "dist"}
    found = {path.relative_to(ROOT) for path in ROOT.rglob("*.md")}
    assert {path.as_posix() for path in found if not hidden & set(path.parts)} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"(?:\]\(|src=\")([^)\"#]+)", page(name))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (ROOT / name).parent.joinpath(target).exists()] == []
    assert [target for target in targets if target.startswith("http://")] == []


@pytest.mark.parametrize("name", PAGES)
def test_make_targets_exist(name: str) -> None:
    known = set(re.findall(r"^([a-z0-9-]+):", page("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z0-9-]*)", page(name), re.MULTILINE))
    assert named <= known


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "packaging/README.md", "tests/README.md"])
def test_files_named_in_tables_exist(name: str) -> None:
    """A path is looked for from the page's folder, from the top and from the application's package."""
    cells = [line for line in page(name).splitlines() if line.startswith("|")]
    paths = {path for line in cells for path in re.findall(r"`([\w./-]+(?:/|\.py|\.sh|\.qml|\.md|\.toml))`", line)}
    places = [(ROOT / name).parent, ROOT, ROOT / "codexbar_qt"]
    missing = [path for path in paths if not any(place.joinpath(path).exists() for place in places)]
    assert [path for path in missing if not path.startswith(("build/", "dist/"))] == []  # written on demand


def command_lines() -> list[str]:
    blocks = [block for name in ("README.md", "providers/README.md") for block in fenced(page(name), "sh")]
    lines = [line.partition("#")[0].rpartition("|")[2].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if re.match(r"(\S+/)?codexbar( |$)", line)]


@pytest.mark.parametrize("line", command_lines())
def test_commands_are_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    assert parse_arguments(words).values.get("--provider") in (None, "acme", "kimi", "openrouter")


def test_unknown_command_is_found_out() -> None:
    with pytest.raises(CommandError):
        parse_arguments(["config", "rename"])


def test_there_are_commands() -> None:
    assert len(command_lines()) >= 6


def test_provider_table_is_current(packaging_script: Callable[[str], ModuleType]) -> None:
    made = packaging_script("provider_table.py")
    text = page("README.md")
    assert made.replaced(text, made.table(made.built_in_providers())) == text, (
        "Run: python packaging/provider_table.py --write"
    )


def test_outdated_table_is_replaced(packaging_script: Callable[[str], ModuleType]) -> None:
    made = packaging_script("provider_table.py")
    old = f"before\n{made.BEGIN}\n\n| old |\n\n{made.END}\nafter\n"
    assert made.replaced(old, "| new |") == old.replace("old", "new")
    with pytest.raises(ValueError, match="markers"):
        made.replaced("no markers", "| new |")


def test_picture_stands_side_by_side_at_full_size(
    packaging_script: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packaging_script("popup_picture.py")
    for look, color in (("light", "white"), ("dark", "black")):
        image = QImage(40, 30, QImage.Format.Format_ARGB32)
        image.fill(QColor(color))
        assert image.save(str(tmp_path / f"popup-session-acme-{look}@2x.png"))
    monkeypatch.setattr(made, "ROOT", tmp_path)
    monkeypatch.setattr(made, "TARGET", tmp_path / "pictures" / "popup.png")
    assert made.main(["--provider", "acme", "--screenshots", str(tmp_path)]) == 0
    picture = QImage(str(tmp_path / "pictures" / "popup.png"))
    assert (picture.width(), picture.height()) == (40 + made.GAP + 40, 30)
    middle, right = picture.pixelColor(55, 15), picture.pixelColor(picture.width() - 1, 29)
    assert (middle.alpha(), right.name(), right.alpha()) == (0, "#000000", 255)


def test_picture_says_what_it_needs(
    packaging_script: Callable[[str], ModuleType], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert packaging_script("popup_picture.py").main(["--screenshots", str(tmp_path)]) == 1
    assert "make screenshots" in capsys.readouterr().err


async def test_case_on_the_page_passes() -> None:
    """The example is run against the provider that the scaffold writes, so both stay what a newcomer can start from."""
    (example,) = fenced(page("providers/README.md"), "json")
    case = case_file.parse_case("example", example)
    template = Template((ROOT / "packaging/scaffold/templates/provider.py.txt").read_text("utf-8"))
    source = template.substitute(id="acme", name="Acme", env="ACME", order="1000")
    module = ModuleType("acme")
    exec(compile(source, "acme.py", "exec"), module.__dict__)
    assert (await run_case(module.PROVIDER, case)).problems == ()


def test_case_format_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed: set[str] = set()
    check = case_file._allow

    def remember(view: JsonView, names: Iterable[str]) -> None:
        names = list(names)
        allowed.update(names)
        check(view, names)

    monkeypatch.setattr(case_file, "_allow", remember)
    case_file.parse_case("everything", json.dumps(EVERYTHING))
    words = {*case_module.FAULTS, *case_module.COMMAND_FAULTS, *case_module.FILE_FAULTS, *case_module.PLATFORMS}
    assert {"why", "absent", "argv", "tables"} <= allowed
    text = page("providers/README.md")
    assert [word for word in sorted(allowed | words) if f"`{word}`" not in text] == []


def test_contract_is_explained() -> None:
    errors = [error.__name__ for error in ProviderError.__subclasses__() if error.__module__.endswith(".errors")]
    settings = [kind.__name__ for kind in get_args(Setting)]
    ports = [f"ctx.{name}" for name in inspect.signature(FetchContext).parameters]
    text = page("providers/README.md")
    assert len(errors) >= 10
    assert len(settings) >= 6
    assert [name for name in (*errors, *settings) if f"`{name}`" not in text] == []
    assert [name for name in ports if name not in text] == []


def test_decisions_are_numbered_without_gap() -> None:
    _, _, decisions = page("CONTRIBUTING.md").partition("## Decisions")
    numbers = [int(number) for number in re.findall(r"^(\d+)\. \*\*", decisions, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 23
