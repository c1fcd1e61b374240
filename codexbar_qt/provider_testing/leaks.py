"""Finds the secret texts of a case, and the places where they must not be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from codexbar_qt.provider_api import Secret, SecretSetting
from codexbar_qt.provider_api.resolution import entry_text
from codexbar_qt.provider_testing.fake_http import header_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codexbar_qt.provider_api import HttpRequest, Provider
    from codexbar_qt.provider_testing.case import Case, RecordedFile
    from codexbar_qt.provider_testing.ports import CasePorts

_SECRET_NAME = re.compile(r"token|secret|cookie|passw|credential|(api|private|access|auth)[_-]?key", re.IGNORECASE)
_SECRET_VARIABLE = re.compile(r"KEY|TOKEN|SECRET|COOKIE|PASSW|CREDENTIAL|AUTH(?!OR)", re.IGNORECASE)
_CONFIG_FIELDS = ("apiKey", "secretKey", "cookieHeader")
_SHORTEST = 6


def secret_texts(case: Case, provider: Provider) -> frozenset[str]:
    """Return the texts of a case that must stay unseen: config secrets, variables, tokens in files."""
    found = set(_from_config(case, provider)) | set(_from_env(case, provider))
    for recorded in case.files.values():
        found.update(_from_file(recorded))
    parts = {part.strip() for text in found for pair in text.split(";") for part in pair.split("=", 1)[1:]}
    return frozenset(text for text in found | parts if len(text) >= _SHORTEST and "://" not in text)


def leak_problems(case: Case, provider: Provider, ports: CasePorts, told: Mapping[str, str]) -> list[str]:
    """Say where a secret went wrongly. `told` maps places ("message") to texts that people can see."""
    secrets = secret_texts(case, provider)
    problems = [f"a secret shows in the {place}" for place, text in told.items() if _holds(text, secrets)]
    if any(_holds(line, secrets) for line in ports.log.lines):
        problems.append("a secret shows in a log remark")
    if any(_holds(" ".join(command.argv), secrets) for command in ports.processes.commands):
        problems.append("a secret is in the arguments of a command")
    for request in ports.http.requests:
        problems += _request_problems(request, case, secrets)
    return problems


def _request_problems(request: HttpRequest, case: Case, secrets: frozenset[str]) -> list[str]:
    place, host = f"{request.method} {request.url}", urlsplit(request.url).hostname
    problems = [f"a secret is in the URL: {host}"] if _holds(request.url, secrets) else []
    named = {name for answer in case.http if urlsplit(answer.url).hostname == host for name in answer.expected.headers}
    for name, value in request.headers.items():
        carries = isinstance(value, Secret) or _holds(header_text(value), secrets)
        if carries and not isinstance(value, Secret):
            problems.append(f"{place}: header {name} holds a credential as plain text; make it a Secret")
        if carries and name.lower() not in named:
            problems.append(f"{place}: credential header {name} goes to {host}, which no recorded request names")
    return problems


def _from_config(case: Case, provider: Provider) -> Iterator[str]:
    declared = [setting.key for setting in provider.descriptor.settings if isinstance(setting, SecretSetting)]
    for key in dict.fromkeys((*declared, *_CONFIG_FIELDS)):
        text = entry_text(case.config, key)
        if text:
            yield text
    for outer in ("pluginSecrets", "tokenAccounts"):
        yield from _texts_below(case.config.get(outer), everything=outer == "pluginSecrets")


def _from_env(case: Case, provider: Provider) -> Iterator[str]:
    declared = {name for item in provider.descriptor.settings if isinstance(item, SecretSetting) for name in item.env}
    for name, value in case.env.items():
        if name in declared or _SECRET_VARIABLE.search(name):
            yield value.strip().strip("'\"").strip()


def _from_file(recorded: RecordedFile) -> Iterator[str]:
    for text in recorded.texts:
        yield from _texts_below(_decoded(text))
    for table in (recorded.tables or {}).values():
        for row in table.rows:
            cells = [cell for cell in row if isinstance(cell, str)]
            for cell in cells:
                yield from _texts_below(_decoded(cell))
            named = next((cell for cell in cells if _SECRET_NAME.search(cell)), None)
            if named is not None:
                yield from (cell for cell in cells if cell is not named and _decoded(cell) is None)


def _texts_below(value: object, *, everything: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            if isinstance(item, str):
                if everything or _SECRET_NAME.search(key):
                    yield item
            else:
                yield from _texts_below(item, everything=everything)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _texts_below(item, everything=everything)


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _holds(text: str, secrets: frozenset[str]) -> bool:
    return any(secret in text for secret in secrets)
