"""Changes of a config document in place. Pure; hand them to `ConfigFile.update` (config.md 4, 7, 12, 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.config_accounts import (
    add_account,
    change_account,
    remove_account,
    replace_token,
    select_account,
)
from codexbar_qt.core.config_errors import ConfigEditError
from codexbar_qt.core.config_normal import entry_id, raw_entries, raw_entry
from codexbar_qt.core.json_document import as_object
from codexbar_qt.provider_api import SecretSetting, Source, TextSetting, clean
from codexbar_qt.provider_api.resolution import Values, entry_text, find_setting, resolve_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.core.config_normal import Root
    from codexbar_qt.provider_api import Binding, Provider, Secret
    from codexbar_qt.provider_api.resolution import ReadEnv

API_KEY = "apiKey"

__all__ = [
    "API_KEY",
    "add_account",
    "change_account",
    "remove_account",
    "reorder",
    "replace_secret",
    "replace_token",
    "select_account",
    "set_enabled",
    "set_field",
    "set_source",
    "store_api_key",
]


def set_enabled(root: Root, provider_id: str, enabled: bool) -> None:
    """Turn a provider on or off. Raises ConfigEditError when the document has no such entry."""
    raw_entry(root, provider_id)["enabled"] = enabled


def set_source(root: Root, provider_id: str, word: str) -> None:
    """Choose where the numbers come from. Raises ValueError for a word that is no source."""
    raw_entry(root, provider_id)["source"] = Source(word).value


def set_field(
    root: Root, provider: Provider, key: str, value: str | bool | None, read_env: ReadEnv | None = None
) -> None:
    """Store the value of a declared setting; "outer.inner" goes into an object, blank text and None clear it.

    A secret with a binding is stored together with what it is bound to, and both are cleared together. `read_env` finds
    a bound value that comes from the environment; without it such a secret is stored unbound. Raises KeyError when the
    provider declares no such setting, ConfigEditError when the setting's check refuses the text.
    """
    setting = find_setting(provider.descriptor, key)
    text = clean(value) if isinstance(value, str) else None
    if isinstance(setting, TextSetting) and setting.check is not None and text:
        complaint = setting.check(text)
        if complaint:
            raise ConfigEditError(complaint)
    entry = raw_entry(root, provider.id)
    _store(entry, key, value if isinstance(value, bool) else text)
    if isinstance(setting, SecretSetting) and setting.binding is not None:
        bound = _value_in_force(provider, entry, setting.binding, read_env) if text else None
        _store(entry, setting.binding.stored_as, bound)


def store_api_key(root: Root, provider: Provider, key: str, read_env: ReadEnv, *, enable: bool = True) -> None:
    """Store the API key of a provider and, unless told otherwise, turn the provider on."""
    set_field(root, provider, API_KEY, key, read_env)
    if enable:
        set_enabled(root, provider.id, True)


def replace_secret(root: Root, provider: Provider, key: str, present: Secret, value: Secret) -> None:
    """Put a renewed secret in the place of `present`; what it is bound to stays.

    Raises ConfigEditError when something else is stored there, or the new secret is blank.
    """
    entry, text = raw_entry(root, provider.id), clean(value.reveal())
    if text is None or entry_text(entry, key) != clean(present.reveal()):
        message = f"The stored credential of {provider.id} is another one now. Nothing was changed."
        raise ConfigEditError(message)
    _store(entry, key, text)


def reorder(root: Root, order: Sequence[str]) -> None:
    """Put the named entries into the given order, within the places they hold; every other element keeps its place."""
    entries = [raw for _, raw in raw_entries(root)]
    wanted = {name: place for place, name in enumerate(order)}
    places = [index for index, raw in enumerate(entries) if entry_id(raw) in wanted]
    moved = sorted((entries[index] for index in places), key=lambda raw: wanted[entry_id(raw) or ""])
    for index, raw in zip(places, moved, strict=True):
        entries[index] = raw
    root["providers"] = entries


def _value_in_force(
    provider: Provider, entry: dict[str, object], binding: Binding, read_env: ReadEnv | None
) -> str | None:
    if read_env is None:
        return entry_text(entry, binding.setting)
    return resolve_text(Values(provider.descriptor, entry, read_env), binding.setting)


def _store(entry: dict[str, object], key: str, value: str | bool | None) -> None:
    outer, _, inner = key.partition(".")
    if not inner:
        _put(entry, key, value)
        return
    box = as_object(entry.get(outer))
    if box is None and entry.get(outer) is not None:
        message = f"{outer} in the config file has a form that is not known here. Correct the file first."
        raise ConfigEditError(message)
    box = {} if box is None else box
    _put(box, inner, value)
    if box:
        entry[outer] = box
    else:
        entry.pop(outer, None)


def _put(fields: dict[str, object], key: str, value: str | bool | None) -> None:
    if value is None:
        fields.pop(key, None)
    else:
        fields[key] = value
