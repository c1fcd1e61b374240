"""Finds the secret texts of a case, and the places where they must not be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from codexbar_qt.provider_api import Secret, SecretSetting
from codexbar_qt.provider_api.resolution import entry_text, injected_key
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
    return frozenset(named_secrets(case, provider))


def named_secrets(case: Case, provider: Provider) -> dict[str, str]:
    """Return the texts of `secret_texts`, each with the name of the setting, variable or field that holds it."""
    found: dict[str, str] = {}
    pairs = [*_from_config(case, provider), *_from_env(case, provider)]
    pairs += [pair for recorded in case.files.values() for pair in _from_file(recorded)]
    for name, text in pairs:
        parts = [part.strip() for pair in text.split(";") for part in pair.split("=", 1)[1:]]
        for secret in (text, *parts):
            if len(secret) >= _SHORTEST and "://" not in secret:
                found.setdefault(secret, name)
    return found


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


def _from_config(case: Case, provider: Provider) -> Iterator[tuple[str, str]]:
    declared = [setting.key for setting in provider.descriptor.settings if isinstance(setting, SecretSetting)]
    for key in dict.fromkeys((*declared, *_CONFIG_FIELDS)):
        text = entry_text(case.config, key)
        if text:
            yield key, text
    yield from _texts_below(case.config.get("pluginSecrets"), everything=True)
    for _, text in _texts_below(case.config.get("tokenAccounts")):
        yield injected_key(provider.descriptor) or "tokenAccounts", text


def _from_env(case: Case, provider: Provider) -> Iterator[tuple[str, str]]:
    declared = {
        name: item.key
        for item in provider.descriptor.settings
        if isinstance(item, SecretSetting)
        for name in (*item.env, *item.env_when_named)
    }
    for name, value in case.env.items():
        if name in declared or _SECRET_VARIABLE.search(name):
            yield declared.get(name, name), value.strip().strip("'\"").strip()


def _from_file(recorded: RecordedFile) -> Iterator[tuple[str, str]]:
    for text in recorded.texts:
        yield from _texts_below(_decoded(text))
    for table in (recorded.tables or {}).values():
        for row in table.rows:
            cells = [cell for cell in row if isinstance(cell, str)]
            for cell in cells:
                yield from _texts_below(_decoded(cell))
            named = next((cell for cell in cells if _SECRET_NAME.search(cell)), None)
            if named is not None:
                yield from ((named, cell) for cell in cells if cell is not named and _decoded(cell) is None)


def _texts_below(value: object, *, everything: bool = False) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            if isinstance(item, str):
                if everything or _SECRET_NAME.search(key):
                    yield key, item
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
