"""An upgrade under the running app is noticed when it is over, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.ui.program_watcher import ProgramWatcher

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "codexbar-qt"
    path.write_text("old")
    return path


def replace(program: Path, text: str) -> None:
    new = program.with_suffix(".dpkg-new")
    new.write_text(text)
    new.replace(program)


@pytest.fixture
def looks(program: Path) -> tuple[ProgramWatcher, list[bool]]:
    watcher, heard = ProgramWatcher(program), list[bool]()
    watcher.replaced.connect(lambda: heard.append(True))
    return watcher, heard


def test_nothing_happens_to_a_program_that_stays(looks: tuple[ProgramWatcher, list[bool]]) -> None:
    watcher, heard = looks
    watcher.look()
    watcher.look()
    assert heard == []


def test_a_replaced_program_is_told_once_it_has_settled(
    looks: tuple[ProgramWatcher, list[bool]], program: Path
) -> None:
    watcher, heard = looks
    replace(program, "half")
    watcher.look()
    replace(program, "newer")
    watcher.look()
    assert heard == []
    watcher.look()
    watcher.look()
    assert heard == [True, True]  # again as long as nobody could act on it


def test_a_program_that_is_gone_is_no_upgrade(looks: tuple[ProgramWatcher, list[bool]], program: Path) -> None:
    watcher, heard = looks
    program.unlink()
    watcher.look()
    watcher.look()
    assert heard == []
    replace(program, "newer")
    watcher.look()
    watcher.look()
    assert heard == [True]
