"""What the contract exports, and values that cannot change."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import pkgutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import codexbar_qt.provider_api as api
from codexbar_qt.provider_api import NamedWindow, RateWindow, Snapshot
from codexbar_qt.provider_api.errors import ProviderError

FOLDER = Path(api.__file__).parent
NOW = datetime(2030, 1, 8, tzinfo=UTC)
# Parts for the application and the test kit, not for providers.
INTERNAL_MODULES = {"fallback", "resolution"}
INTERNAL_NAMES = {
    "DataConfidence",
    "ChartKind",
    "TransportReason",
    "Quality",
    "FetchFunction",
    "TrayText",
    "StorageKind",
    "TellError",
    "Check",
    "ChooseDashboard",
    "FindSession",
    "ForgetSessions",
    "UseSession",
}
INTERNAL_NAMES |= {"DEFAULT_TIMEOUT_SECONDS", "MAX_BODY_BYTES"}


def public_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


def test_all_is_sorted_and_complete() -> None:
    defined: set[str] = set()
    for info in pkgutil.iter_modules([str(FOLDER)]):
        if info.name not in INTERNAL_MODULES:
            defined |= public_names(FOLDER / f"{info.name}.py")
    assert set(api.__all__) == defined - INTERNAL_NAMES
    assert list(api.__all__) == sorted(api.__all__, key=lambda name: (not name.isupper(), name))
    assert len(api.__all__) == len(set(api.__all__))
    assert all(hasattr(api, name) for name in api.__all__)


def test_only_the_standard_library_is_imported() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".", maxsplit=1)[0]
                assert top in sys.stdlib_module_names or name.startswith("codexbar_qt.provider_api"), name


def test_every_value_is_frozen_and_slotted() -> None:
    for name in api.__all__:
        thing = getattr(api, name)
        if inspect.isclass(thing) and dataclasses.is_dataclass(thing):
            assert thing.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
            assert "__slots__" in vars(thing), name


def test_every_error_is_a_provider_error_with_a_message() -> None:
    errors = [getattr(api, name) for name in api.__all__ if name != "ProviderError"]
    errors = [thing for thing in errors if inspect.isclass(thing) and issubclass(thing, Exception)]
    assert len(errors) == 10
    for kind in errors:
        error = kind("It failed.")
        assert isinstance(error, ProviderError)
        assert error.message == str(error) == "It failed."


@pytest.mark.parametrize(
    ("window", "left"),
    [
        (RateWindow(28), 72),
        (RateWindow(130), 0),
        (RateWindow(-5), 100),
        (RateWindow(50, remaining_percent=80), 80),
        (RateWindow(50, remaining_percent=140), 100),
        (RateWindow(50, remaining_percent=-1), 0),
    ],
)
def test_what_is_left(window: RateWindow, left: float) -> None:
    assert window.remaining == left


def test_windows_are_those_with_known_usage() -> None:
    first, second, third, fourth = (RateWindow(number) for number in range(4))
    snapshot = Snapshot(
        NOW,
        primary=first,
        secondary=RateWindow(0, is_placeholder=True),
        tertiary=second,
        extra_windows=(
            NamedWindow("a", "A", third),
            NamedWindow("b", "B", fourth, usage_known=False),
            NamedWindow("c", "C", fourth, is_date=True),
        ),
    )
    assert snapshot.windows == (first, second, third)
