"""The parts of an account (organizations) as a config entry stores them, read through the declared setting. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.json_document import as_list, as_object
from codexbar_qt.core.snapshot_texts import fit_text
from codexbar_qt.provider_api import Scope, ScopesSetting, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.core.app_config import ProviderEntry
    from codexbar_qt.provider_api import ProviderDescriptor

MOST_SCOPES = 100


def scopes_setting(descriptor: ProviderDescriptor) -> ScopesSetting | None:
    """Return the declared setting, None when the provider's accounts have no parts."""
    return next((setting for setting in descriptor.settings if isinstance(setting, ScopesSetting)), None)


def known_scopes(setting: ScopesSetting, entry: Mapping[str, object]) -> tuple[Scope, ...]:
    """Return the stored parts in their order, fit to be shown, the first of an id, at most 100.

    What has no id is left out.
    """
    found: dict[str, Scope] = {}
    for item in as_list(entry.get(setting.known_key)) or []:
        fields = as_object(item) or {}
        name = _text(fields.get("id"))
        if name and len(found) < MOST_SCOPES:
            shown, role = (fit_text(_text(fields.get(key))) for key in ("name", "role"))
            found.setdefault(name, Scope(name, shown or fit_text(name), role))
    return tuple(found.values())


def enabled_scopes(setting: ScopesSetting, entry: Mapping[str, object]) -> tuple[Scope, ...]:
    """Return the parts that are both switched on and known, in the order in which they were switched on."""
    known = {scope.id: scope for scope in known_scopes(setting, entry)}
    return tuple(known[name] for name in enabled_ids(setting, entry) if name in known)


def enabled_ids(setting: ScopesSetting, entry: Mapping[str, object]) -> tuple[str, ...]:
    """Return the stored ids of the parts that are switched on, each once, known or not."""
    listed = (_text(item) for item in as_list(entry.get(setting.enabled_key)) or [])
    return tuple(dict.fromkeys(name for name in listed if name))


def found_sentence(setting: ScopesSetting, before: ProviderEntry, after: ProviderEntry) -> str:
    """Say in one sentence what a search has found and what it has switched off."""
    left = {scope.id for scope in after.scopes}
    gone = sum(scope.id not in left for scope in before.scopes)
    count = len(after.known_scopes)
    found = f"{setting.label} found: {count}" if count else f"No {setting.label.lower()} were found for this account"
    return f"{found}; no longer there and switched off: {gone}." if gone else f"{found}."


def _text(value: object) -> str:
    return (clean(value) or "") if isinstance(value, str) else ""
