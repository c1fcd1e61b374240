"""When garbage is collected, and that PySide6 no longer reads the source of everything that is imported."""

from __future__ import annotations

import builtins
import gc
import importlib
import linecache
import sys
import weakref
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.ui import memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Knot:
    """An object that only the garbage collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_giving_back_frees_what_refers_to_itself() -> None:
    gone = weakref.ref(Knot())
    memory.give_back()
    assert gone() is None


@pytest.mark.usefixtures("collector")
def test_start_up_is_kept_for_good_and_collection_goes_on() -> None:
    gc.disable()
    kept = weakref.ref(Knot())
    before = gc.get_freeze_count()
    memory.keep_for_good()
    assert gc.get_freeze_count() > before
    assert gc.isenabled()
    gc.collect()
    assert kept() is not None
    later = weakref.ref(Knot())
    gc.collect()
    assert later() is None


def test_imports_do_not_read_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "read_by_nobody.py"
    module.write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    namespace: dict[str, object] = {"__name__": "somebody", "__builtins__": builtins}
    exec("import read_by_nobody", namespace)  # a statement: importlib would not pass the hook of PySide6
    assert "read_by_nobody" in sys.modules
    assert str(module) not in linecache.cache
    importlib.invalidate_caches()
    del sys.modules["read_by_nobody"]
