"""The answer of one batch as a snapshot: credits, Kilo Pass, plan and automatic top-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.kilo.batch import parse_batch
from codexbar_providers.kilo.credits import parse_credits
from codexbar_providers.kilo.kilo_pass import parse_pass, parse_plan, parse_top_up
from codexbar_qt.provider_api import Identity, Snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import JsonView


def parse_usage(body: JsonView, *, now: datetime, organization: str | None = None) -> Snapshot:
    """Read an answer; one without any number is a snapshot without lanes.

    `organization` names whose numbers these are. Raises what `parse_batch` raises.
    """
    payloads = parse_batch(body)
    told = (parse_plan(payloads.kilo_pass), parse_top_up(payloads.top_up, payloads.credits))
    login_method = " · ".join(part for part in told if part)
    return Snapshot(
        updated_at=now,
        primary=parse_credits(payloads.credits),
        secondary=parse_pass(payloads.kilo_pass),
        identity=Identity(organization=organization, login_method=login_method or None),
    )
