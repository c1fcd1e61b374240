"""The fields that Claude Code writes, none of which can mark an entry as one of Vertex AI.

An entry with no others is told apart by its model and ids alone. A field that is missing here costs time, never
accuracy: its lines are looked at as a whole. So are lines with numbers that cannot be counts.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from codexbar_qt.cost.columns import LARGEST

_Count = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
_Plain = str | None
_Ignored = msgspec.Raw
_ABSENT = msgspec.Raw()


class CacheLives(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Tokens written to caches by how long they live."""

    ephemeral_5m_input_tokens: _Count = 0
    ephemeral_1h_input_tokens: _Count = 0


class ServerTools(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Tools run by the service."""

    web_search_requests: int | None = None
    web_fetch_requests: int | None = None


class Usage(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """`message.usage`."""

    input_tokens: _Count = 0
    output_tokens: _Count = 0
    cache_read_input_tokens: _Count = 0
    cache_creation_input_tokens: _Count = 0
    cache_creation: CacheLives | None = None
    server_tool_use: ServerTools | None = None
    service_tier: _Plain = None
    inference_geo: _Plain = None
    speed: _Plain = None


class Message(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """`message`. What people and tools said is passed over."""

    model: str
    usage: Usage
    id: _Plain = None
    type: _Plain = None
    role: _Plain = None
    content: _Ignored = _ABSENT
    stop_reason: _Plain = None
    stop_sequence: _Plain = None


class KnownLine(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An entry."""

    type: str
    timestamp: str
    message: Message
    requestId: _Plain = None  # noqa: N815 - as in the log, like all that follow
    isSidechain: bool = False  # noqa: N815
    sessionId: _Plain = None  # noqa: N815
    parentUuid: _Plain = None  # noqa: N815
    logicalParentUuid: _Plain = None  # noqa: N815
    uuid: _Plain = None
    userType: _Plain = None  # noqa: N815
    entrypoint: _Plain = None
    cwd: _Plain = None
    version: _Plain = None
    gitBranch: _Plain = None  # noqa: N815
    slug: _Plain = None
    agentId: _Plain = None  # noqa: N815
    isMeta: bool | None = None  # noqa: N815
    isApiErrorMessage: bool | None = None  # noqa: N815
    toolUseResult: _Ignored = _ABSENT  # noqa: N815
