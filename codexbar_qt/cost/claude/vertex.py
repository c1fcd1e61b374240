"""Whether the metadata of an entry says that it went through Vertex AI (token-cost.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKED_NAMES = ("vertex", "gcp")
_SAYING_NAMES = frozenset(
    {
        "provider",
        "platform",
        "backend",
        "api_provider",
        "apiprovider",
        "api_type",
        "apitype",
        "source",
        "vendor",
        "client",
    }
)
_SAID_NAMES = frozenset({"content", "toolUseResult", "input", "toolInput", "tool_input"})
"""What people and tools said stands under these names, wherever they are."""


def may_have_vertex_metadata(line: bytes) -> bool:
    """Whether it is worth looking: the words are nowhere in most lines. Escaped letters are not met in names."""
    lower = line.lower()
    return any(name.encode() in lower for name in _MARKED_NAMES) or b"\\u" in lower


def has_vertex_metadata(entry: Mapping[str, object]) -> bool:
    """Whether a name or a value anywhere in an entry says so.

    What people and tools said is theirs: a name like `vertexShader` in there proves nothing.
    """
    pending: list[object] = [entry]
    while pending:
        found = pending.pop()
        if isinstance(found, list):
            pending.extend(found)
        elif isinstance(found, dict):
            if any(_says_vertex(name, value) for name, value in found.items()):
                return True
            pending.extend(value for name, value in found.items() if name not in _SAID_NAMES)
    return False


def _says_vertex(name: object, value: object) -> bool:
    if not isinstance(name, str):
        return False
    lower = name.lower()
    if any(marked in lower for marked in _MARKED_NAMES):
        return True
    return lower in _SAYING_NAMES and isinstance(value, str) and "vertex" in value.lower()
