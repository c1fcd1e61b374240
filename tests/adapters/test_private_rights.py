"""A file that was open to everybody is its owner's alone afterwards."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.private_rights import restrict_to_owner

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.json"
    path.write_text("kept")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
def test_permission_bits(file: Path) -> None:
    file.chmod(0o666)
    restrict_to_owner(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "kept"


@pytest.mark.skipif(sys.platform != "win32", reason="access lists")
def test_access_list(file: Path) -> None:
    subprocess.run(["icacls", str(file), "/grant", "*S-1-1-0:R"], check=True, capture_output=True)
    restrict_to_owner(file)
    listed = subprocess.run(["icacls", str(file), "/findsid", "*S-1-1-0"], check=True, capture_output=True, text=True)
    assert "file.json:" not in listed.stdout
    assert file.read_text() == "kept"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r".+"):
        restrict_to_owner(tmp_path / "none")
