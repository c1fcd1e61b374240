"""Vertex AI: the share of the Google Cloud quotas in use, read from Cloud Monitoring with gcloud's credentials.

The application default credentials are only read, never written; tokens made from them stay in memory. The share is
that of the quota that is nearest to its limit over the last 24 hours. It has no reset.
"""

from __future__ import annotations

from codexbar_providers.vertexai.login import LOGIN
from codexbar_providers.vertexai.monitoring import fetch_with_gcloud_credentials
from codexbar_qt.provider_api import Link, Provider, ProviderDescriptor, Source, Strategy, WindowSpec

DESCRIPTOR = ProviderDescriptor(
    id="vertexai",
    name="Vertex AI",
    short_name="Vertex",
    color="#4285F4",
    order=23,
    windows=WindowSpec(primary="Requests", secondary="Tokens"),
    dashboard_url="https://console.cloud.google.com/vertex-ai",
    status_url="https://status.cloud.google.com",
    links=(Link("Get the Google Cloud CLI", "https://cloud.google.com/sdk/docs/install"),),
    quality="solid",
)

# A token (30 s, or gcloud's 20 s and the look for it) and the first pages (30 s) follow one another.
PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(Strategy(Source.OAUTH, fetch_with_gcloud_credentials, limit_seconds=75.0),),
    actions=(LOGIN,),
)
