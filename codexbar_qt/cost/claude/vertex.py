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
_TOOL_RESULT = "toolUseResult"


def may_have_vertex_metadata(line: bytes) -> bool:
    """Whether it is worth looking: the words are nowhere in most lines. Escaped letters are not met in names."""
    lower = line.lower()
    return any(name.encode() in lower for name in _MARKED_NAMES) or b"\\u" in lower


def has_vertex_metadata(entry: Mapping[str, object]) -> bool:
    """Whether a name or a value anywhere in an entry says so.

    What people and tools said (`message.content`, `toolUseResult`) is theirs: a name like `vertexShader` in there
    proves nothing.
    """
    pending: list[object] = []
    for name, value in entry.items():
        if name == "message" and isinstance(value, dict):
            pending.append({inner: said for inner, said in value.items() if inner != "content"})
        elif name != _TOOL_RESULT:
            pending.append({name: value})
    while pending:
        found = pending.pop()
        if isinstance(found, list):
            pending.extend(found)
        elif isinstance(found, dict):
            if any(_says_vertex(name, value) for name, value in found.items()):
                return True
            pending.extend(value for name, value in found.items() if name != _TOOL_RESULT)
    return False


def _says_vertex(name: object, value: object) -> bool:
    if not isinstance(name, str):
        return False
    lower = name.lower()
    if any(marked in lower for marked in _MARKED_NAMES):
        return True
    return lower in _SAYING_NAMES and isinstance(value, str) and "vertex" in value.lower()
