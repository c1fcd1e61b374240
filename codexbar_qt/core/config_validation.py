"""What `config validate` reports: every code of config.md section 10. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.core.config_hook_rules import hook_issues
from codexbar_qt.core.config_issue import ConfigIssue
from codexbar_qt.core.config_models import entry_problems, parse_accounts, parse_hooks
from codexbar_qt.core.config_normal import CURRENT_VERSION, entry_id, raw_entries, read_entry
from codexbar_qt.core.json_document import as_object
from codexbar_qt.provider_api import AccountsSetting, ChoiceSetting, Source, TextSetting, clean
from codexbar_qt.provider_api.resolution import entry_text, injected_key, setting_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.provider_api import Platform, Provider

_OTHERS = 0o077
_NAME = re.compile(r"[A-Za-z0-9_-]{1,24}")
_PLAIN_FIELDS = (
    ("secretKey", "secret_key_unused"),
    ("region", "region_unused"),
    ("workspaceID", "workspace_unused"),
    ("enterpriseHost", "enterprise_host_unused"),
)


def validate_config(config: AppConfig, providers: Sequence[Provider], platform: Platform) -> tuple[ConfigIssue, ...]:
    """Return the issues of a config that could be decoded: the file first, then entries in order, then hooks."""
    known = {provider.id: provider for provider in providers}
    issues = list(_file_issues(config))
    for index, raw in raw_entries(config.root):
        issues += _element_issues(index, raw, known)
    issues += hook_issues(parse_hooks(config.root.get("hooks")), known, platform)
    return tuple(issues)


def entry_issues(provider: Provider, raw: Mapping[str, object]) -> Iterator[ConfigIssue]:
    """Yield the issues of one usable entry; the settings page shows them beside the fields."""
    yield from _source_issues(provider, raw)
    yield from _key_issues(provider, raw)
    yield from _cookie_issues(provider, raw)
    for key, code in _PLAIN_FIELDS:
        if entry_text(raw, key) and not _declares(provider, key):
            yield _unused(provider, key, code)
    if _has_accounts(raw) and not _declares(provider, "tokenAccounts"):
        yield _unused(provider, "tokenAccounts", "token_accounts_unused")
    yield from _value_issues(provider, raw)
    yield from _context_issues(provider, raw)


def _file_issues(config: AppConfig) -> Iterator[ConfigIssue]:
    if config.version != CURRENT_VERSION:
        message = f"The file has version {config.version}; this program writes version {CURRENT_VERSION}."
        yield ConfigIssue("error", "version_mismatch", message, field="version")
    if config.shadowed is not None:
        message = f"Two config files exist: {config.path} is in use, {config.shadowed} is not."
        yield ConfigIssue("warning", "shadowed_config", message)
    if config.mode is not None and config.mode & _OTHERS:
        message = f"Others on this computer may open the file (mode {config.mode:04o}). Run: chmod 600 {config.path}"
        yield ConfigIssue("warning", "insecure_permissions", message)


def _element_issues(index: int, raw: object, known: Mapping[str, Provider]) -> Iterator[ConfigIssue]:
    name = entry_id(raw)
    provider = known.get(name or "")
    if name is not None and provider is None:
        # Not repeated when it is no name: it may be a key in the wrong place.
        named = name if _NAME.fullmatch(name) else ""
        message = f"There is no provider {named or 'of this name'} here. The entry is kept and ignored."
        yield ConfigIssue("error", "unsupported_provider", message, provider=named, field="id")
        return
    problems = entry_problems(raw)
    for problem in problems:
        place = problem.field if name else f"providers[{index}]"
        subject = f"The field {problem}" if problem.field else f"The entry {problem.complaint}"
        result = "The provider is off until it is corrected." if name else "It is kept and ignored."
        yield ConfigIssue("error", "invalid_entry", f"{subject}. {result}", provider=name or "", field=place)
    fields = as_object(raw)
    if provider is not None and fields is not None and not problems:
        yield from entry_issues(provider, fields)


def _source_issues(provider: Provider, raw: Mapping[str, object]) -> Iterator[ConfigIssue]:
    word = raw.get("source")
    if not isinstance(word, str) or not word.strip() or word in provider.source_modes:
        return
    modes = ", ".join(provider.source_modes)
    message = f"{provider.descriptor.name} does not support the source {word}. Use one of: {modes}."
    yield ConfigIssue("error", "unsupported_source", message, provider=provider.id, field="source")
    if word == Source.API:
        message = f"{provider.descriptor.name} cannot be read with an API key."
        yield ConfigIssue("error", "api_source_unsupported", message, provider=provider.id, field="source")


def _key_issues(provider: Provider, raw: Mapping[str, object]) -> Iterator[ConfigIssue]:
    stored = entry_text(raw, "apiKey")
    if stored and not _uses(provider, "apiKey", Source.API):
        yield _unused(provider, "apiKey", "api_key_unused")
    needed = raw.get("source") == Source.API and _declares(provider, "apiKey")
    if needed and not stored and not _usable_account(provider, raw, "apiKey"):
        message = f"The source is api, but {provider.descriptor.name} has no API key in the file. Add one in Settings."
        yield ConfigIssue("warning", "api_key_missing", message, provider=provider.id, field="apiKey")


def _cookie_issues(provider: Provider, raw: Mapping[str, object]) -> Iterator[ConfigIssue]:
    for key, code in (("cookieSource", "cookie_source_unused"), ("cookieHeader", "cookie_header_unused")):
        if entry_text(raw, key) and not _uses(provider, key, Source.WEB):
            yield _unused(provider, key, code)
    wanting = raw.get("cookieSource") == "manual" and not entry_text(raw, "cookieHeader")
    if wanting and not _usable_account(provider, raw, "cookieHeader"):
        message = "The cookie source is manual, but there is no cookie header. Paste one in Settings."
        yield ConfigIssue("warning", "cookie_header_missing", message, provider=provider.id, field="cookieHeader")


def _value_issues(provider: Provider, raw: Mapping[str, object]) -> Iterator[ConfigIssue]:
    for setting in provider.descriptor.settings:
        complaint = None
        if isinstance(setting, ChoiceSetting) and not setting.is_preference and setting.discover is None:
            stored = entry_text(raw, setting.key)
            words = [choice.value for choice in setting.choices]
            if stored and stored not in words:
                usable = ", ".join(word for word in words if word)
                complaint = f"{setting.label} is not a known word. Use one of: {usable}."
        elif isinstance(setting, TextSetting) and setting.check is not None:
            stored = entry_text(raw, setting.key)
            complaint = setting.check(stored) if stored else None
        if complaint:
            code = f"invalid_{_snake(setting_key(setting))}"
            yield ConfigIssue("error", code, complaint, provider=provider.id, field=setting_key(setting))


def _context_issues(provider: Provider, raw: Mapping[str, object]) -> Iterator[ConfigIssue]:
    """Warn of accounts that lack what their usage scope needs, such as the ids of a team."""
    declared = [item for item in provider.descriptor.settings if isinstance(item, AccountsSetting)]
    fields = [field for setting in declared for field in setting.fields if field.usage_scope]
    stored = parse_accounts(raw) if fields else None
    for place, account in enumerate(stored.accounts if stored else ()):
        scope = (account.usageScope or "").strip().lower()
        own = {"organizationId": account.organizationId, "workspaceID": account.workspaceID}
        wanting = [item.label for item in fields if item.usage_scope == scope and not clean(own.get(item.key))]
        if wanting:
            code, where = f"{provider.id}_{scope}_context_missing", f"tokenAccounts.accounts[{place}]"
            message = (
                f"Account {place + 1} is one of a {scope} but has no {' and no '.join(wanting)}. Add it in Settings."
            )
            yield ConfigIssue("warning", code, message, provider=provider.id, field=where)


def _uses(provider: Provider, key: str, source: Source) -> bool:
    return _declares(provider, key) or any(strategy.source == source for strategy in provider.strategies)


def _declares(provider: Provider, key: str) -> bool:
    return any(setting_key(setting) == key for setting in provider.descriptor.settings)


def _has_accounts(raw: Mapping[str, object]) -> bool:
    return bool((as_object(raw.get("tokenAccounts")) or {}).get("accounts"))


def _usable_account(provider: Provider, raw: Mapping[str, object], key: str) -> bool:
    if injected_key(provider.descriptor) != key:
        return False
    account = read_entry(provider, raw).account
    return account is not None and bool(account.token.reveal().strip())


def _unused(provider: Provider, key: str, code: str) -> ConfigIssue:
    message = f"{provider.descriptor.name} does not use {key}. It can be removed."
    return ConfigIssue("warning", code, message, provider=provider.id, field=key)


def _snake(key: str) -> str:
    """`enterpriseHost` -> `enterprise_host`, `workspaceID` -> `workspace_id`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    return re.sub(r"[^A-Za-z0-9]+", "_", parted).lower()
