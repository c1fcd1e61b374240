"""The sources of local cost: whose logs they are and how their numbers are told (token-cost.md 1, 4, 5)."""

from __future__ import annotations

import msgspec


class CostSource(msgspec.Struct, frozen=True):
    """A provider whose cost is worked out from logs.

    `family` names the logs and their prices. `input_includes_cache`: its reports count cached tokens as input, too.
    `has_sessions`: it can be told apart by project and session. `needs_provider`: it counts only while the provider of
    the same id is on. `heading` stands above the numbers.
    """

    id: str
    name: str
    family: str
    heading: str
    color: str
    input_includes_cache: bool = False
    has_sessions: bool = False
    needs_provider: bool = False


COST_SOURCES = (
    CostSource("codex", "Codex", "codex", "Codex API-equivalent estimate (not billed)", "#49A3B0", True, True),
    CostSource("claude", "Claude", "claude", "Claude Cost (API-rate estimate)", "#CC7C5E"),
    CostSource("vertexai", "Vertex AI", "claude", "Vertex AI Cost (API-rate estimate)", "#4285F4", needs_provider=True),
)


def cost_source(name: str) -> CostSource | None:
    """Return the source with an id, in any case; None for none."""
    wanted = name.strip().lower()
    return next((source for source in COST_SOURCES if source.id == wanted), None)
