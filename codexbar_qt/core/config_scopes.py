"""Changes of the parts of an account (organizations) in a config document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.config_normal import raw_entry
from codexbar_qt.core.scope_fields import MOST_SCOPES, enabled_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.core.config_normal import Root
    from codexbar_qt.provider_api import Scope, ScopesSetting


def set_scope_enabled(root: Root, provider_id: str, setting: ScopesSetting, scope_id: str, on: bool) -> None:
    """Switch a part on, behind those that are on already, or off."""
    entry = raw_entry(root, provider_id)
    others = [name for name in enabled_ids(setting, entry) if name != scope_id]
    _put(entry, setting.enabled_key, [*others, scope_id] if on else others)


def store_found_scopes(root: Root, provider_id: str, setting: ScopesSetting, found: Sequence[Scope]) -> None:
    """Replace the known parts by what was found, at most 100; those that are gone are no longer switched on."""
    entry = raw_entry(root, provider_id)
    known = {scope.id: scope for scope in found[:MOST_SCOPES]}
    _put(entry, setting.known_key, [_fields(scope) for scope in known.values()])
    _put(entry, setting.enabled_key, [name for name in enabled_ids(setting, entry) if name in known])


def _fields(scope: Scope) -> dict[str, object]:
    role = {"role": scope.role} if scope.role else {}
    return {"id": scope.id, "name": scope.name, **role}


def _put(entry: dict[str, object], key: str, items: Sequence[object]) -> None:
    if items:
        entry[key] = list(items)
    else:
        entry.pop(key, None)
