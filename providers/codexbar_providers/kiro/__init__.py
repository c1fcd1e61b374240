"""Kiro: monthly credits, bonus credits and overage, as the installed `kiro-cli` reports them.

The CLI owns the login. It prints text for people, so the patterns follow its releases; the service behind it is asked
for what the text leaves out (overage limit, exact numbers) with the token the CLI keeps, which is never changed.
"""

from __future__ import annotations

from codexbar_providers.kiro.cli import fetch_with_cli
from codexbar_providers.kiro.login import REAUTHENTICATE
from codexbar_providers.kiro.parse import MANAGE_URL
from codexbar_providers.kiro.tray import TRAY_VALUE, tray_text
from codexbar_qt.provider_api import Link, Provider, ProviderDescriptor, Source, Strategy, WindowSpec

DESCRIPTOR = ProviderDescriptor(
    id="kiro",
    name="Kiro",
    color="#FF9900",
    order=22,
    aliases=("kiro-cli",),
    windows=WindowSpec(primary="Credits", secondary="Bonus"),
    settings=(TRAY_VALUE,),
    dashboard_url=MANAGE_URL,
    status_url="https://health.aws.amazon.com/health/status",
    links=(Link("Get the Kiro CLI", "https://kiro.dev"),),
    quality="solid",
)

# Usage 20 s, context 8 s and the service 10 s follow one another.
PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(Strategy(Source.CLI, fetch_with_cli, limit_seconds=45.0),),
    actions=(REAUTHENTICATE,),
    tray_text=tray_text,
)
