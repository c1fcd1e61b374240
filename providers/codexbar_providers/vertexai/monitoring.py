"""The two lists of time series of Cloud Monitoring: what is used of each quota, and where its limit is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from codexbar_providers.vertexai.credentials import read_credentials
from codexbar_providers.vertexai.gcloud import LOGIN_COMMAND, configured_project
from codexbar_providers.vertexai.quota import QuotaKey, SeriesPage, build_snapshot, parse_series, used_share
from codexbar_providers.vertexai.tokens import access_of, forget
from codexbar_qt.provider_api import (
    AuthRejected,
    Identity,
    MissingCredential,
    ParseError,
    ProviderError,
    bearer,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, Secret, Snapshot

MONITORING_URL = "https://monitoring.googleapis.com/v3/projects"
USAGE_METRIC = "serviceruntime.googleapis.com/quota/allocation/usage"
LIMIT_METRIC = "serviceruntime.googleapis.com/quota/limit"
SERIES_SECONDS = 30.0
MOST_PAGES = 50
_PERIOD = timedelta(hours=24)
_SERVICE = "Google Cloud Monitoring"
_NO_PROJECT = "No Google Cloud project is configured. Run `gcloud config set project PROJECT_ID`."
_UNAUTHORIZED = f"Google Cloud did not accept the login. Run `{LOGIN_COMMAND}` to log in again."
_FORBIDDEN = (
    "Google Cloud Monitoring is forbidden for this account. Check its IAM rights for Cloud Monitoring "
    "(the role Monitoring Viewer) and that the project has that API enabled."
)


async def fetch_with_gcloud_credentials(ctx: FetchContext) -> Snapshot:
    """Read credentials and project on this machine, get a token, then read usage and limits at the same time."""
    login = await read_credentials(ctx)
    project = login.project or await configured_project(ctx)
    if project is None:
        raise MissingCredential(_NO_PROJECT)
    access = await access_of(ctx, login)
    question = _Question(ctx, project, access.token, ctx.clock.now())
    try:
        usage, limits = await _read_both(question)
    except _UnauthorizedError:
        forget(ctx, login, access)
        raise AuthRejected(_UNAUTHORIZED) from None
    identity = Identity(email=access.email, organization=project, login_method="gcloud")
    return build_snapshot(used_share(usage, limits), identity, now=question.now)


def series_url(project: str, metric: str, *, now: datetime, page: str = "") -> str:
    """Return the address of one page of the series of the last 24 hours."""
    parts = (
        f'metric.type="{metric}"',
        'resource.type="consumer_quota"',
        'resource.label.service="aiplatform.googleapis.com"',
    )
    query = {
        "filter": " AND ".join(parts),
        "interval.startTime": f"{now - _PERIOD:%Y-%m-%dT%H:%M:%SZ}",
        "interval.endTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aggregation.alignmentPeriod": "3600s",
        "aggregation.perSeriesAligner": "ALIGN_MAX",
        "view": "FULL",
        **({"pageToken": page} if page else {}),
    }
    name = quote(project, safe=":", errors="replace")
    return f"{MONITORING_URL}/{name}/timeSeries?{urlencode(query, quote_via=quote, errors='replace')}"


class _UnauthorizedError(ProviderError):
    """The token was refused."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What both lists are asked with, so that they are about the same 24 hours."""

    ctx: FetchContext
    project: str
    token: Secret
    now: datetime


async def _read_both(question: _Question) -> tuple[Mapping[QuotaKey, float], Mapping[QuotaKey, float]]:
    try:
        async with asyncio.TaskGroup() as group:
            usage = group.create_task(_read_series(question, USAGE_METRIC))
            limits = group.create_task(_read_series(question, LIMIT_METRIC))
    except ExceptionGroup as failures:
        # The first failure ends the other list, and is the one that people are told about.
        raise failures.exceptions[0] from None
    return usage.result(), limits.result()


async def _read_series(question: _Question, metric: str) -> Mapping[QuotaKey, float]:
    peaks: dict[QuotaKey, float] = {}
    page = SeriesPage({})
    for _ in range(MOST_PAGES):
        page = await _read_page(question, series_url(question.project, metric, now=question.now, page=page.next_page))
        for key, peak in page.peaks.items():
            peaks[key] = max(peak, peaks.get(key, peak))
        if not page.next_page:
            return peaks
    question.ctx.log.debug(f"Only the first {MOST_PAGES} pages of {metric} were read.")
    return peaks


async def _read_page(question: _Question, url: str) -> SeriesPage:
    headers: dict[str, HeaderValue] = {"Authorization": bearer(question.token), "Accept": "application/json"}
    answer = await question.ctx.http.get(
        url, service=_SERVICE, headers=headers, timeout=SERIES_SECONDS, follow_redirects=False
    )
    _check_status(answer)
    return await asyncio.to_thread(_parse_page, answer)  # a page may have megabytes


def _check_status(answer: HttpResponse) -> None:
    if answer.status == 401:
        raise _UnauthorizedError(_UNAUTHORIZED)
    raise_for_status(answer, _SERVICE, login_statuses=(403,), login_message=_FORBIDDEN)


def _parse_page(answer: HttpResponse) -> SeriesPage:
    try:
        return parse_series(answer.json())
    except ParseError as error:
        told = f"The answer of {_SERVICE} could not be read. {error.message} Report it if it stays."
        raise ParseError(told, path=error.path) from None
