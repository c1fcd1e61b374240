"""The environment of a frozen app becomes what it was before the app's loader."""

from __future__ import annotations

import multiprocessing
import sys
from types import ModuleType

import pytest

from codexbar_qt.bundle_environment import leave_bundle, serve_multiprocessing


def test_what_the_loader_set_is_taken_back() -> None:
    environ = {
        "LD_LIBRARY_PATH": "/bundle",
        "LD_LIBRARY_PATH_ORIG": "/own",
        "DYLD_LIBRARY_PATH": "/bundle",
        "_PYI_ARCHIVE_FILE": "/bundle/x",
        "_MEIPASS2": "/bundle",
        "PATH": "/bin",
    }
    leave_bundle(environ)
    assert environ == {"LD_LIBRARY_PATH": "/own", "PATH": "/bin"}


def test_an_empty_path_of_before_is_no_path() -> None:
    environ = {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": ""}
    leave_bundle(environ)
    assert environ == {}


@pytest.mark.parametrize(
    ("arguments", "served"),
    [
        ([], 0),
        (["usage", "--json"], 0),
        (["--multiprocessing-fork", "tracker_fd=5", "pipe_handle=7"], 1),
        (["-B", "-S", "-I", "-c", "from multiprocessing.resource_tracker import main;main(5)"], 1),
    ],
)
def test_only_processes_of_multiprocessing_are_served(
    arguments: list[str], served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[None] = []
    monkeypatch.setattr(multiprocessing, "freeze_support", lambda: calls.append(None))
    monkeypatch.setitem(sys.modules, "pyi_rth_multiprocessing", ModuleType("pyi_rth_multiprocessing"))
    serve_multiprocessing(["codexbar", *arguments])
    assert len(calls) == served
