"""Whatever a server answers or a command line says: a value or a ProviderError, shares in range, times with a zone."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.antigravity.credentials import (
    form_request,
    needs_renewal,
    parse_login,
    parse_tokens,
)
from codexbar_providers.antigravity.endpoints import list_endpoints
from codexbar_providers.antigravity.lanes import build_model_snapshot
from codexbar_providers.antigravity.oauth import parse_plan, parse_project, parse_tier
from codexbar_providers.antigravity.oauth_client import pick_client
from codexbar_providers.antigravity.parse_models import (
    Model,
    are_all_full,
    merge_verified,
    parse_available_models,
    parse_command_models,
    parse_plan_info,
    parse_quota_buckets,
    parse_user_status,
)
from codexbar_providers.antigravity.parse_summary import build_summary_snapshot, parse_summary
from codexbar_providers.antigravity.processes import kind_of, read_flags, runs_program
from codexbar_qt.provider_api import Identity, JsonView, LocalProcess, ProviderError, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
NUMBERS = st.one_of(st.floats(), st.integers(), st.just(0.4), st.just(1))
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=6))
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
TIMES = st.sampled_from(["2030-01-08T15:00:00Z", "1930000000", "99999999999999999999", "soon", ""]) | LEAVES
FILLED = ("Claude Opus", "claude (thinking)", "Gemini 3 Pro (Low)", "gemini-pro", "Gemini Flash", "Flash Lite")
MORE = ("An image", "tab_x", "GPT")
NAMES = st.sampled_from((*FILLED, *MORE, "", " "))
QUOTA = st.fixed_dictionaries({}, optional={"remainingFraction": NUMBERS | ANY_JSON, "resetTime": TIMES})


def objects(**members: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Objects with some of the members, each now and then something else."""
    return st.fixed_dictionaries({}, optional={name: item | ANY_JSON for name, item in members.items()}) | ANY_JSON


CONFIGS = objects(label=NAMES, modelOrAlias=objects(model=NAMES, alias=NAMES), quotaInfo=QUOTA)
MODEL_LIST = objects(clientModelConfigs=st.lists(CONFIGS, max_size=4), code=st.sampled_from([0, "OK", 5]))
PLANS = objects(planInfo=objects(planDisplayName=NAMES, planName=NAMES, planShortName=NAMES))
STATUSES = objects(
    userStatus=objects(email=NAMES, userTier=objects(name=NAMES), planStatus=PLANS, cascadeModelConfigData=MODEL_LIST),
    code=st.sampled_from(["success", 0.0, True]),
)
BUCKETS = objects(
    bucketId=st.sampled_from(["a-5h", "weekly", "", "session_limit"]),
    displayName=st.sampled_from(["Five hour limit", "Weekly limit", "x"]),
    remainingFraction=NUMBERS,
    remaining=objects(remainingFraction=NUMBERS, case=st.just("remainingFraction"), value=NUMBERS),
    resetTime=TIMES,
    disabled=st.booleans(),
    description=NAMES,
)
GROUPS = st.lists(objects(displayName=NAMES, buckets=st.lists(BUCKETS, max_size=3)), max_size=3)
SUMMARIES = objects(groups=GROUPS, response=objects(groups=GROUPS), summary=objects(groups=GROUPS))
AVAILABLE = objects(models=st.dictionaries(NAMES, objects(displayName=NAMES, label=NAMES, quotaInfo=QUOTA), max_size=4))
QUOTAS = objects(buckets=st.lists(objects(modelId=NAMES, remainingFraction=NUMBERS, resetTime=TIMES), max_size=4))
TIER = objects(id=st.sampled_from(["free-tier", "standard-tier", "x", ""]), name=NAMES, isDefault=st.booleans())
ASSISTS = objects(
    cloudaicompanionProject=objects(id=NAMES, projectId=NAMES) | NAMES,
    allowedTiers=st.lists(TIER, max_size=3),
    paidTier=TIER,
    currentTier=TIER,
    planInfo=objects(planType=NAMES),
)
LOGINS = objects(access_token=NAMES, refreshToken=NAMES, expiry_date=NUMBERS, expiresAt=NUMBERS, id_token=NAMES)
MODELS = st.lists(
    st.builds(
        Model,
        st.sampled_from((*FILLED, *MORE)),
        NAMES,
        st.none() | st.floats(allow_nan=False),
        st.none() | st.just(NOW),
    ),
    max_size=6,
)


def reads(parse: Callable[[JsonView], object], body: object) -> object:
    """Read a document; only errors of the contract may come, and only values that can be shown."""
    try:
        found = parse(JsonView(body))
    except ProviderError:
        return None
    assert_sound(found)
    return found


def assert_sound(value: object) -> None:
    if isinstance(value, Snapshot):
        assert all(0 <= window.used_percent <= 100 for window in value.windows)
        names = [extra.id for extra in value.extra_windows]
        assert len(names) == len(set(names))
        assert all(names)
    for part in parts_of(value):
        assert not isinstance(part, datetime) or part.utcoffset() is not None


def parts_of(value: object) -> Iterator[object]:
    yield value
    if is_dataclass(value):
        for item in fields(value):
            yield from parts_of(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from parts_of(item)


@given(STATUSES, MODEL_LIST)
def test_local_models_are_read_or_refused(status: object, configs: object) -> None:
    for parse, body in ((parse_user_status, status), (parse_command_models, configs)):
        found = reads(parse, body)
        if found is not None:
            models = getattr(found, "models", ())
            assert_sound(build_model_snapshot(models, Identity(), NOW))
    plan = reads(parse_plan_info, status)
    assert plan is None or (isinstance(plan, dict) and all(isinstance(text, str) and text for text in plan.values()))


@given(SUMMARIES)
def test_summaries_are_read_or_refused(body: object) -> None:
    try:
        buckets = parse_summary(JsonView(body))
    except ProviderError:
        return
    assert any(bucket.fraction is not None for bucket in buckets)
    snapshot = build_summary_snapshot(buckets, Identity(), NOW)
    assert_sound(snapshot)
    assert len(snapshot.extra_windows) == len(buckets)
    assert snapshot.tertiary is None


@given(AVAILABLE, QUOTAS)
def test_answers_of_google_are_read_or_refused(available: object, quotas: object) -> None:
    models, buckets = reads(parse_available_models, available), reads(parse_quota_buckets, quotas)
    if not isinstance(models, tuple) or not isinstance(buckets, tuple):
        return
    assert len({bucket.id.lower() for bucket in buckets}) == len(buckets)
    merged = merge_verified(models, buckets)
    confirmed = {bucket.id.lower() for bucket in buckets}
    assert all(model.id.strip().lower() in confirmed for model in merged)
    assert_sound(build_model_snapshot(merged, Identity(), NOW))


@given(ASSISTS, st.dictionaries(st.sampled_from(["hd", "email"]), LEAVES))
def test_accounts_of_google_are_read_or_refused(body: object, claims: dict[str, object]) -> None:
    for parse in (parse_project, parse_tier):
        found = reads(parse, body)
        assert found is None or isinstance(found, str)
    plan = reads(lambda view: parse_plan(view, claims), body)
    assert plan is None or (isinstance(plan, str) and plan)


@given(MODELS)
def test_models_give_lanes_that_can_be_shown(models: list[Model]) -> None:
    snapshot = build_model_snapshot(models, Identity(), NOW)
    assert_sound(snapshot)
    known = [model for model in models if model.fraction is not None and not model.label.startswith("tab_")]
    assert snapshot.primary is None or known
    assert are_all_full(models) in (True, False)


@given(LOGINS, objects(access_token=NAMES, expires_in=NUMBERS, id_token=NAMES, refresh_token=NAMES))
def test_logins_are_read_or_refused(stored: object, answer: object) -> None:
    try:
        text = json.dumps(stored, allow_nan=False)
        login = parse_login(text)
    except (ProviderError, ValueError):
        return
    assert login.expires_at is None or login.expires_at.utcoffset() is not None
    assert needs_renewal(login, NOW) in (True, False)
    assert login.email is None or login.email
    try:
        tokens = parse_tokens(JsonView(answer), now=NOW)
    except ProviderError:
        return
    renewed = parse_login(login.changed(tokens).to_text())
    assert renewed.access_token is not None
    assert set(login.members) <= set(renewed.members)


@given(st.text())
def test_any_token_can_be_sent_or_refused(token: str) -> None:
    body = form_request({"refresh_token": token}).body
    assert body is not None
    assert body.isascii()
    try:
        parse_login(token)
    except ProviderError as error:
        assert token.strip() == "" or len(token) < 4 or token not in error.message


@given(st.text(), st.text())
def test_any_command_line_is_told_or_passed_over(line: str, other: str) -> None:
    assert kind_of(line) in ("app", "ide", "cli", None)
    flags = read_flags(f"{line} --csrf_token {other}")
    assert flags.extension_port is None or 0 < flags.extension_port < 65536
    endpoints = list_endpoints((42100,), flags)
    assert len(endpoints) == len(set(endpoints)) >= 2
    assert runs_program(LocalProcess(1, line), other) in (True, False)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4), st.booleans())
def test_a_client_is_made_of_what_was_found(ids: list[str], secrets: list[str], is_script: bool) -> None:
    client = pick_client(ids, secrets, is_script=is_script)
    assert (client is None) == (not ids or not secrets)
    assert client is None or (client.id in ids and client.secret.reveal() in secrets)


@pytest.mark.parametrize("unit", ["language_server_", "-a", " --csrf_token", "/antigravity/", "agy ", "=", "\\"])
def test_a_megabyte_of_one_word_is_no_trap(unit: str) -> None:
    line = unit * (1_000_000 // len(unit))
    assert kind_of(line) in ("app", "ide", "cli", None)
    assert read_flags(line) is not None
