"""Whatever stands in gcloud's files or Google answers: a value, or a ProviderError, and never a number that is none."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.vertexai.credentials import ServiceAccount, parse_credentials, parse_email
from codexbar_providers.vertexai.gcloud import parse_project
from codexbar_providers.vertexai.monitoring import series_url
from codexbar_providers.vertexai.quota import QuotaKey, build_snapshot, parse_series, used_share
from codexbar_providers.vertexai.tokens import parse_printed_token, parse_refresh, parse_refusal
from codexbar_qt.provider_api import (
    CommandResult,
    HttpResponse,
    Identity,
    JsonView,
    MissingCredential,
    ParseError,
    ProviderError,
    ToolFailed,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
NUMBERS = st.one_of(st.floats(), st.integers(), st.sampled_from(["12", "-1", "1e400", "nan", "1_0", " 7 "]))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=6)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
LABELS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["", "a", "b", "global"]) | JSON
        for name in ("quota_metric", "quota_id", "limit_name", "location")
    },
)
HOLDER = st.fixed_dictionaries({}, optional={"labels": LABELS | JSON}) | JSON
VALUE = st.fixed_dictionaries({}, optional={"int64Value": NUMBERS | JSON, "doubleValue": NUMBERS | JSON}) | JSON
SERIES = st.fixed_dictionaries(
    {},
    optional={
        "metric": HOLDER,
        "resource": HOLDER,
        "points": st.lists(st.fixed_dictionaries({}, optional={"value": VALUE}) | JSON, max_size=3) | JSON,
    },
)
PAGES = st.fixed_dictionaries(
    {}, optional={"timeSeries": st.lists(SERIES | JSON, max_size=4) | JSON, "nextPageToken": st.text() | JSON}
)
WORDS = st.sampled_from(["a", "", "b"])
PEAKS = st.dictionaries(st.builds(QuotaKey, WORDS, WORDS, WORDS), st.floats(allow_nan=False, allow_infinity=False))
LOGIN_FIELDS = (
    *("client_id", "client_secret", "refresh_token", "access_token", "token_expiry", "id_token"),
    *("client_email", "private_key", "project_id"),
)
LOGINS = st.fixed_dictionaries({}, optional=dict.fromkeys(LOGIN_FIELDS, st.text() | JSON))
REFRESHES = st.fixed_dictionaries(
    {}, optional={"access_token": st.text() | JSON, "expires_in": NUMBERS | JSON, "id_token": st.text() | JSON}
)


@given((LOGINS | JSON).map(json.dumps) | st.text())
def test_credentials_are_read_or_refused(text: str) -> None:
    try:
        login = parse_credentials(text)
    except (ParseError, MissingCredential):
        return
    assert len(login.fingerprint) == 16
    if not isinstance(login, ServiceAccount):
        assert login.refresh_token.reveal().strip()
        assert login.expires_at is None or login.expires_at.tzinfo is UTC
        assert login.email is None or login.email.strip()


@given(st.text() | st.lists(st.sampled_from(["project", " = ", "acme", "\n", "#", "\r", "[core]"])).map("".join))
def test_a_project_is_one_word_of_a_line_or_none(text: str) -> None:
    project = parse_project(text)
    assert project is None or (project == project.strip() != "" and "=" not in project and "\n" not in project)


@given(st.text(), st.text())
def test_an_address_is_always_of_one_host(project: str, page: str) -> None:
    url = series_url(project, "m", now=NOW, page=page)
    assert url.isascii() and url.startswith("https://monitoring.googleapis.com/v3/projects/")
    assert url.count("?") == 1 and "#" not in url and url.partition("?")[0].count("/") == 6


@given(st.text())
def test_an_id_token_names_somebody_or_nobody(text: str) -> None:
    assert parse_email(text) is None or "." in text


@given(REFRESHES | JSON)
def test_refresh_answers_are_read_or_refused(answer: object) -> None:
    try:
        refreshed = parse_refresh(JsonView(answer))
    except ProviderError as error:
        assert isinstance(error, ParseError)
        return
    assert 0 <= refreshed.seconds <= 86400
    assert refreshed.token is None or refreshed.token.reveal().isprintable()


@given(st.binary() | (st.fixed_dictionaries({"error": JSON}) | JSON).map(lambda value: json.dumps(value).encode()))
def test_refusals_have_a_code_or_none(body: bytes) -> None:
    assert isinstance(parse_refusal(HttpResponse(400, body, "https://example.com", NOW)), str)


@given(st.text(), st.sampled_from([0, 1, None]))
def test_what_gcloud_prints_is_a_token_or_a_failure(text: str, status: int | None) -> None:
    try:
        token = parse_printed_token(CommandResult(status, text))
    except ToolFailed:
        return
    assert status == 0
    assert token.reveal().isascii() and token.reveal().isprintable() and " " not in token.reveal()


@given(PAGES | JSON)
def test_pages_are_read_or_refused(page: object) -> None:
    try:
        found = parse_series(JsonView(page))
    except ProviderError as error:
        assert isinstance(error, ParseError)
        return
    assert all(math.isfinite(peak) for peak in found.peaks.values())
    assert all(key.metric and key.location for key in found.peaks)


@given(PEAKS, PEAKS)
def test_a_share_is_finite_and_its_window_ends_at_100(
    usage: dict[QuotaKey, float], limits: dict[QuotaKey, float]
) -> None:
    share = used_share(usage, limits)
    snapshot = build_snapshot(share, Identity(), now=NOW)
    assert (snapshot.primary is None) == (share is None) == (snapshot.provider_cost is None)
    if share is not None and snapshot.primary is not None and snapshot.provider_cost is not None:
        assert math.isfinite(share) and share >= 0
        assert snapshot.primary.used_percent == min(100.0, share)
        assert snapshot.provider_cost.used == share
        assert any(limit > 0 for limit in limits.values())


@given(PEAKS, st.floats(min_value=0.5, max_value=1e6))
def test_every_usage_of_its_own_limit_counts(usage: dict[QuotaKey, float], limit: float) -> None:
    share = used_share(usage, dict.fromkeys(usage, limit))
    wanted = [max(0.0, used / limit * 100) for used in usage.values() if math.isfinite(used / limit * 100)]
    assert share == max(wanted, default=None)
