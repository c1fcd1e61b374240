"""What a login method says: the plan, and what goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.provider_api import ProviderDescriptor, Snapshot

_SEPARATOR = " · "


def plan_and_activity(descriptor: ProviderDescriptor, snapshot: Snapshot | None) -> tuple[str, str]:
    """Return the plan, by the name people know, and the activity of a snapshot; "" for what it does not tell."""
    told = (snapshot.identity.login_method or "") if snapshot and snapshot.identity else ""
    if descriptor.plan_label:
        told = told.removeprefix(f"{descriptor.plan_label}: ")
    plan, activity = _parted(told, descriptor.activity_prefix) if descriptor.activity_prefix else (told, "")
    return dict(descriptor.plan_names).get(plan.lower(), plan), activity


def _parted(told: str, prefix: str) -> tuple[str, str]:
    parts = told.split(_SEPARATOR)
    place = next((at for at, part in enumerate(parts) if part.startswith(prefix)), len(parts))
    return _SEPARATOR.join(parts[:place]), _SEPARATOR.join(parts[place:])
