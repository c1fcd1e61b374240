"""The environment of a frozen app becomes what it was before the app's loader."""

from __future__ import annotations

from codexbar_qt.bundle_environment import leave_bundle


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
