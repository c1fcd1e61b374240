"""No value that carries a credential or an address of a person shows it when it is printed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from codexbar_qt.adapters.http_hop import Answer, Hop, origin_of
from codexbar_qt.adapters.http_proxy import parse_proxy
from codexbar_qt.adapters.process_capture import Spawn
from codexbar_qt.cli.arguments import parse_arguments
from codexbar_qt.cli.output import CommandOutput
from codexbar_qt.cli.readings import Reading
from codexbar_qt.cli.targets import Target
from codexbar_qt.core.app_config import ProviderEntry, TokenAccount
from codexbar_qt.core.config_models import EntryModel, HooksModel, TokenAccountModel, parse_hooks
from codexbar_qt.core.config_reading import Reading as ConfigReading
from codexbar_qt.core.credential_store import Rotation
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.provider_api import (
    Command,
    CommandResult,
    HttpRequest,
    HttpResponse,
    Identity,
    LocalProcess,
    Provider,
    ProviderDescriptor,
    Secret,
    SelectedAccount,
    Snapshot,
)
from codexbar_qt.provider_api.resolution import Values

KEY, ADDRESS = "test-key-1", "user@example.com"
NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
ACME = ProviderDescriptor("acme", "Acme", "#112233", 1)
ENTRY: dict[str, object] = {"id": "acme", "apiKey": KEY, "apikey": KEY, "label": ADDRESS}
ACCOUNT = TokenAccount("1", ADDRESS, Secret(KEY), external_identifier=ADDRESS)
STORED = {"id": "00000000-0000-0000-0000-000000000000", "label": ADDRESS, "token": KEY, "addedAt": 1.0, "tokn": KEY}

CARRIERS: list[object] = [
    Values(ACME, ENTRY, {"ACME_API_KEY": KEY}.get),
    ACCOUNT,
    ProviderEntry("acme", enabled=True, raw=ENTRY, account=ACCOUNT, accounts=(ACCOUNT,)),
    ConfigReading("good", KEY.encode(), root=ENTRY),
    EntryModel.model_validate(ENTRY),
    TokenAccountModel.model_validate(STORED),
    HooksModel.model_validate({"events": [{"event": "quota_low", "executable": "/x", "arguments": [KEY]}]}),
    HttpRequest("POST", "https://example.com/", "Acme", {"Authorization": Secret(KEY)}, KEY.encode()),
    HttpResponse(200, ADDRESS.encode(), "https://example.com/", NOW, {"set-cookie": KEY}),
    Hop("POST", "https://example.com/", origin_of("https://example.com/"), {"X": Secret(KEY)}, KEY.encode()),
    Answer(200, {"set-cookie": KEY}, ADDRESS.encode()),
    parse_proxy(f"http://user%40example.com:{KEY}@proxy.example.com", "HTTP_PROXY"),
    Spawn(("/bin/acme",), {"ACME": KEY}, "/", "pipe"),
    Command(("/bin/acme",), 1.0, env=(("ACME_API_KEY", KEY),)),
    CommandResult(0, ADDRESS, KEY),
    Snapshot(NOW, identity=Identity(email=ADDRESS, account_id=ADDRESS)),
    parse_arguments(["config", "set-api-key", "--provider", "acme", "--api-key", KEY]),
    FetchRequest(Provider(ACME, ()), ProviderEntry("acme", enabled=True, raw=ENTRY, account=ACCOUNT), ACCOUNT),
    Rotation(Provider(ACME, ()), "apiKey", Secret(KEY), Secret(KEY)),
    SelectedAccount(ADDRESS, "team", ADDRESS, ADDRESS),
    LocalProcess(1, f"acme --token {KEY}"),
    CommandOutput({"apiKey": KEY}, f'"{KEY}"'),
    Reading(ACME, "api", ADDRESS),
    Target(Provider(ACME, ()), ProviderEntry("acme", enabled=True, raw=ENTRY), ACCOUNT, ADDRESS),
]


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: type(carrier).__name__)
def test_nothing_personal_in_a_representation(carrier: object) -> None:
    shown = f"{carrier!r} {carrier}"
    assert KEY not in shown
    assert ADDRESS not in shown


def test_a_refused_document_is_not_quoted() -> None:
    with pytest.raises(ValidationError) as caught:
        parse_hooks({"events": [{"event": KEY, "executable": 3}]})
    assert KEY not in str(caught.value)
