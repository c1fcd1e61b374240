"""From the bytes of a config file to a document, or to the sentence that says why there is none (config.md 3, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from codexbar_qt.core.config_models import hook_problems
from codexbar_qt.core.config_normal import CURRENT_VERSION
from codexbar_qt.core.exclusive_write import reason_of
from codexbar_qt.core.json_document import MAX_BYTES, DocumentError, as_list, decode_object, is_newer

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.core.private_file import PrivateFile

State = Literal["good", "missing", "invalid", "unreadable", "newer"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What stood at the path. `root` is the document unless there is none; `problem` is then a text for people."""

    state: State
    data: bytes = field(default=b"", repr=False)
    mode: int | None = None
    root: dict[str, object] | None = field(default=None, repr=False)
    problem: str = ""


def read_config(file: PrivateFile, path: Path) -> Reading:
    """Read and check the file at `path`; never raises for what stands there."""
    try:
        found = file.read(MAX_BYTES)
    except OSError as error:
        return Reading("unreadable", problem=_unreadable(path, reason_of(error)))
    if found is None:
        return Reading("missing")
    data, mode = found
    if len(data) > MAX_BYTES:
        return Reading("unreadable", mode=mode, problem=_unreadable(path, "it is larger than 8 MB"))
    return _check(data, mode, path)


def _check(data: bytes, mode: int | None, path: Path) -> Reading:
    root: dict[str, object] | None = None
    try:
        root = decode_object(data)
        _check_shape(root)
    except DocumentError as error:
        if root is not None and is_newer(root, CURRENT_VERSION):
            return Reading("newer", data, mode, _understood(root), _newer(path))
        return Reading("invalid", data, mode, problem=_invalid(path, str(error)))
    if is_newer(root, CURRENT_VERSION):
        return Reading("newer", data, mode, root, _newer(path))
    return Reading("good", data, mode, root)


def _understood(root: dict[str, object]) -> dict[str, object]:
    """Reduce a newer document to what this version reads; it is never written back."""
    hooks = {} if hook_problems(root.get("hooks")) else {"hooks": root.get("hooks")}
    rest = {key: value for key, value in root.items() if key != "hooks"}
    return {**rest, **hooks, "providers": as_list(root.get("providers")) or []}


def _check_shape(root: dict[str, object]) -> None:
    version = root.get("version")
    complaint = ""
    if "version" not in root:
        complaint = "version is missing"
    elif isinstance(version, bool) or not isinstance(version, int | float) or version != int(version):
        complaint = "version is not a whole number"
    elif version < CURRENT_VERSION:
        complaint = "version is lower than 1"
    elif "providers" not in root:
        complaint = "providers is missing"
    elif not isinstance(root["providers"], list):
        complaint = "providers is not a list"
    elif problems := hook_problems(root.get("hooks")):
        complaint = str(problems[0])
    if complaint:
        raise DocumentError(complaint)


def _unreadable(path: Path, reason: str) -> str:
    return f"The config file {path} could not be read: {reason}. Check the file and its permissions."


def _invalid(path: Path, reason: str) -> str:
    return f"The config file {path} could not be read: {reason}. Correct the file or restore the defaults."


def _newer(path: Path) -> str:
    return f"The config file {path} belongs to a newer version and is left as it is. Update CodexBar to change it."
