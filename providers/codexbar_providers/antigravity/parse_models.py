"""Model payloads: GetUserStatus and GetCommandModelConfigs of the local server, and Google's two quota answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from codexbar_providers.antigravity.leaves import entries, first_text, member, moment, number, text
from codexbar_providers.antigravity.sentences import API_ERROR
from codexbar_qt.provider_api import Identity, JsonView, ParseError, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

FULL = 0.999
PLAN_FIELDS = ("planDisplayName", "displayName", "productName", "planName", "planShortName")
_FINE_CODES = ("0", "ok", "success")


@dataclass(frozen=True, slots=True)
class Model:
    """A model with its quota. `fraction` is what is left, 1.0 all of it; None is unknown, not exhausted."""

    id: str
    label: str
    fraction: float | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserStatus:
    """Who is signed in to the local server, and the models they have."""

    identity: Identity
    models: tuple[Model, ...] = ()


def check_code(body: JsonView) -> None:
    """Raise RequestRefused when an answer with status 200 names a failure."""
    code = body.get("code")
    raw = None if code is None else code.raw
    if isinstance(raw, str):
        fine = raw.strip().lower() in _FINE_CODES
    else:
        fine = raw is None or (isinstance(raw, int | float) and not isinstance(raw, bool) and raw == 0)
    if not fine:
        raise RequestRefused(API_ERROR)


def parse_user_status(body: JsonView) -> UserStatus:
    """Read GetUserStatus. ParseError without `userStatus`; the list of models may be missing."""
    check_code(body)
    status = body["userStatus"]
    plan = member(member(status, "planStatus"), "planInfo")
    login = text(member(status, "userTier"), "name") or first_text(plan, *PLAN_FIELDS)
    identity = Identity(email=text(status, "email") or None, login_method=login or None)
    return UserStatus(identity, _client_models(status.get("cascadeModelConfigData")))


def parse_command_models(body: JsonView) -> UserStatus:
    """Read GetCommandModelConfigs, which names no account. ParseError when it lists no model."""
    check_code(body)
    models = _client_models(body)
    if not models:
        raise ParseError("The answer lists no models.", path=f"{body.path}.clientModelConfigs")
    return UserStatus(Identity(), models)


def parse_plan_info(body: JsonView) -> dict[str, str]:
    """Read the plan fields of GetUserStatus that are not blank."""
    check_code(body)
    plan = member(member(body["userStatus"], "planStatus"), "planInfo")
    return {key: text(plan, key) for key in PLAN_FIELDS if text(plan, key)}


def parse_available_models(body: JsonView) -> tuple[Model, ...]:
    """Read fetchAvailableModels, in the order of the answer. ParseError when `models` is no object."""
    listed = body.get("models")
    if listed is None:
        return ()
    if not listed.is_object():
        raise ParseError("The answer has something other than an object at $.models.", path=listed.path)
    names = cast("Mapping[str, object]", listed.raw)
    found = ((name, JsonView(value, f"{listed.path}[]")) for name, value in names.items())
    return tuple(
        _model(name, first_text(view, "displayName", "label") or "", quota)
        for name, view in found
        if (quota := member(view, "quotaInfo")) is not None and name.strip()
    )


def parse_quota_buckets(body: JsonView) -> tuple[Model, ...]:
    """Read retrieveUserQuota: the lowest fraction of each model, in the order of the answer."""
    lowest: dict[str, Model] = {}
    for bucket in entries(body, "buckets"):
        name = text(bucket, "modelId")
        if not name:
            continue
        found, known = _model(name, "", bucket), lowest.get(name.lower())
        if known is None or _left(found) < _left(known):
            lowest[name.lower()] = found
    return tuple(lowest.values())


def merge_verified(models: Sequence[Model], buckets: Sequence[Model]) -> tuple[Model, ...]:
    """Keep the models that a bucket confirms, with the bucket's numbers; further buckets with a fraction follow.

    Nothing is kept when no bucket has a fraction.
    """
    if all(bucket.fraction is None for bucket in buckets):
        return ()
    left = {bucket.id.strip().lower(): bucket for bucket in buckets}
    kept: list[Model] = []
    for model in models:
        bucket = left.pop(model.id.strip().lower(), None)
        if bucket is not None:
            fraction = model.fraction if bucket.fraction is None else bucket.fraction
            kept.append(replace(model, fraction=fraction, resets_at=bucket.resets_at or model.resets_at))
    return (*kept, *(bucket for bucket in left.values() if bucket.fraction is not None))


def are_all_full(models: Sequence[Model]) -> bool:
    """Whether every model reports that nothing was used, which may only mean that the quota is not known."""
    return bool(models) and all(model.fraction is not None and model.fraction >= FULL for model in models)


def _client_models(data: JsonView | None) -> tuple[Model, ...]:
    found: list[Model] = []
    for config in entries(data, "clientModelConfigs"):
        quota, label = member(config, "quotaInfo"), text(config, "label")
        name = first_text(member(config, "modelOrAlias"), "model", "alias") or label
        if quota is not None and name:
            found.append(_model(name, label, quota))
    return tuple(found)


def _model(name: str, label: str, quota: JsonView) -> Model:
    return Model(name.strip(), label or name.strip(), number(quota, "remainingFraction"), moment(quota, "resetTime"))


def _left(model: Model) -> float:
    return float("inf") if model.fraction is None else model.fraction
