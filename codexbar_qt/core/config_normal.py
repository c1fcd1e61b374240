"""The normal form of a config document (config.md 5) and the values read from it. Pure; nothing foreign is lost."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from codexbar_qt.core.app_config import DEFAULT_THRESHOLDS, ProviderEntry, QuotaOverride, TokenAccount
from codexbar_qt.core.config_errors import ConfigEditError
from codexbar_qt.core.config_models import WindowWarningModel, entry_problems, parse_accounts, parse_quota_warnings
from codexbar_qt.core.json_document import as_list, as_object, is_newer
from codexbar_qt.core.scope_fields import enabled_scopes, known_scopes, scopes_setting
from codexbar_qt.provider_api import AccountsSetting, ChoiceSetting, Secret, Source, parse_epoch_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codexbar_qt.provider_api import Provider

Root = dict[str, object]
CURRENT_VERSION = 1
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def default_root(providers: Sequence[Provider]) -> dict[str, object]:
    """Return the document of a new install: every known provider in catalogue order."""
    entries = [new_entry(provider, fresh=True) for provider in in_catalogue_order(providers)]
    return {"version": CURRENT_VERSION, "providers": entries}


def in_catalogue_order(providers: Sequence[Provider]) -> list[Provider]:
    """Return the providers by their place in the catalogue."""
    return sorted(providers, key=lambda provider: (provider.descriptor.order, provider.id))


def new_entry(provider: Provider, *, fresh: bool) -> dict[str, object]:
    """Return the entry of a provider the file does not have yet; `fresh` when the file itself is new."""
    entry: dict[str, object] = {"id": provider.id, "enabled": provider.descriptor.default_enabled}
    for setting in provider.descriptor.settings:
        if isinstance(setting, ChoiceSetting):
            stored = setting.stored_when_new if fresh else setting.stored_when_added
            if stored:
                entry[setting.key] = stored
    return entry


def normalise(root: Mapping[str, object], providers: Sequence[Provider]) -> dict[str, object]:
    """Return a normal copy: first entry of an id wins, missing providers appended, version 1, no empty fields.

    Unknown keys, unknown providers and entries that cannot be used stay exactly as they are. A newer version keeps
    its number.
    """
    normal: dict[str, object] = copy.deepcopy(dict(root))
    if not is_newer(root, CURRENT_VERSION):
        normal["version"] = CURRENT_VERSION
    if "hooks" in normal and _says_nothing(normal["hooks"]):
        del normal["hooks"]
    normal["providers"] = _normal_entries(normal.get("providers"), providers)
    return normal


def raw_entries(root: Mapping[str, object]) -> Iterator[tuple[int, object]]:
    """Iterate over the elements of `providers` with their places."""
    yield from enumerate(as_list(root.get("providers")) or [])


def entry_id(raw: object) -> str | None:
    """Return the id of an element of `providers`, None when it has none."""
    found = (as_object(raw) or {}).get("id")
    return found if isinstance(found, str) else None


def raw_entry(root: Root, provider_id: str) -> dict[str, object]:
    """Return the first element of `providers` with this id, to be changed in place."""
    for _, raw in raw_entries(root):
        fields = as_object(raw)
        if fields is not None and entry_id(raw) == provider_id:
            return fields
    message = f"The config file has no entry for {provider_id}. Check the name."
    raise ConfigEditError(message)


def read_entries(root: Mapping[str, object], providers: Sequence[Provider]) -> tuple[ProviderEntry, ...]:
    """Return the known providers of a normal document, in its order."""
    known = {provider.id: provider for provider in providers}
    found = [(known.get(entry_id(raw) or ""), as_object(raw)) for _, raw in raw_entries(root)]
    return tuple(read_entry(provider, raw) for provider, raw in found if provider is not None and raw is not None)


def read_entry(provider: Provider, raw: Mapping[str, object]) -> ProviderEntry:
    """Return the values of one entry; one with a bad field is off and says why."""
    problems = entry_problems(raw)
    if problems:
        return ProviderEntry(provider.id, enabled=False, raw=raw, invalid=tuple(str(problem) for problem in problems))
    enabled = raw.get("enabled")
    accounts, active = _read_accounts(provider, raw)
    color = raw.get("accentColor")
    warnings = parse_quota_warnings(raw)
    parts = scopes_setting(provider.descriptor)
    return ProviderEntry(
        provider.id,
        enabled=enabled if isinstance(enabled, bool) else provider.descriptor.default_enabled,
        source=_read_source(provider, raw.get("source")),
        raw=raw,
        account=active,
        accounts=accounts,
        known_scopes=known_scopes(parts, raw) if parts else (),
        scopes=enabled_scopes(parts, raw) if parts else (),
        scope_fields=frozenset((parts.known_key, parts.enabled_key)) if parts else frozenset(),
        accent_color=color if isinstance(color, str) and _COLOR.fullmatch(color) else "",
        session_warning=_override(warnings.session if warnings else None),
        weekly_warning=_override(warnings.weekly if warnings else None),
    )


def _normal_entries(listed: object, providers: Sequence[Provider]) -> list[object]:
    known = {provider.id for provider in providers}
    seen: set[str] = set()
    entries: list[object] = []
    for raw in as_list(listed) or []:
        name = entry_id(raw)
        if name is not None and name in seen:
            continue
        if name is not None:
            seen.add(name)
        fields = as_object(raw) if name in known and not entry_problems(raw) else None
        entries.append(raw if fields is None else _without_nulls(fields))
    missing = [provider for provider in in_catalogue_order(providers) if provider.id not in seen]
    return [*entries, *(new_entry(provider, fresh=False) for provider in missing)]


def _without_nulls(raw: dict[str, object]) -> dict[str, object]:
    """Drop absent fields, in the entry and in the two objects whose fields we know; extension objects stay."""
    entry = _present(raw)
    accounts = as_object(entry.get("tokenAccounts"))
    if accounts is not None:
        listed = [_present(as_object(account) or {}) for account in as_list(accounts.get("accounts")) or []]
        entry["tokenAccounts"] = {**_present(accounts), "accounts": listed}
    warnings = as_object(entry.get("quotaWarnings"))
    if warnings is not None:
        entry["quotaWarnings"] = {key: _present_object(value) for key, value in _present(warnings).items()}
    return entry


def _present(fields: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in fields.items() if value is not None}


def _present_object(value: object) -> object:
    fields = as_object(value)
    return value if fields is None else _present(fields)


def _says_nothing(hooks: object) -> bool:
    fields = as_object(hooks)
    if fields is None:
        return hooks is None
    return not fields.get("enabled") and not fields.get("events") and not fields.keys() - {"enabled", "events"}


def _read_source(provider: Provider, word: object) -> Source:
    source = Source(word) if isinstance(word, str) and word in set(Source) else Source.AUTO
    return source if source in provider.source_modes else Source.AUTO


def _read_accounts(
    provider: Provider, raw: Mapping[str, object]
) -> tuple[tuple[TokenAccount, ...], TokenAccount | None]:
    declared = any(isinstance(setting, AccountsSetting) for setting in provider.descriptor.settings)
    stored = parse_accounts(raw) if declared else None
    if stored is None or not stored.accounts:
        return (), None
    accounts = tuple(
        TokenAccount(
            id=account.id,
            label=account.label,
            token=Secret(account.token),
            added_at=parse_epoch_seconds(account.addedAt),
            last_used=None if account.lastUsed is None else parse_epoch_seconds(account.lastUsed),
            external_identifier=account.externalIdentifier or "",
            usage_scope=account.usageScope or "",
            organization_id=account.organizationId or "",
            workspace_id=account.workspaceID or "",
        )
        for account in stored.accounts
    )
    return accounts, accounts[min(max(stored.activeIndex, 0), len(accounts) - 1)]


def _override(window: WindowWarningModel | None) -> QuotaOverride:
    if window is None:
        return QuotaOverride()
    if window.thresholds is None:
        return QuotaOverride(enabled=window.enabled)
    clamped = sorted({min(99, max(0, value)) for value in window.thresholds}, reverse=True)
    enabled = True if window.enabled is None else window.enabled
    return QuotaOverride(tuple(clamped) or DEFAULT_THRESHOLDS, enabled)
