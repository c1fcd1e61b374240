"""The one order in which values are found: selected token account, config entry, environment.

Pure functions over a raw config entry (see config.md 4), so that the application, the demo and the test kit agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from codexbar_qt.provider_api.context import Credentials, SettingsView
from codexbar_qt.provider_api.errors import InvalidSetting, MissingCredential
from codexbar_qt.provider_api.secret import Secret
from codexbar_qt.provider_api.settings import (
    AccountsSetting,
    Binding,
    ChoiceSetting,
    CookieSourceSetting,
    ScopesSetting,
    SecretSetting,
    Setting,
    TextSetting,
    ToggleSetting,
)
from codexbar_qt.provider_api.text import clean

if TYPE_CHECKING:
    from codexbar_qt.provider_api.descriptor import ProviderDescriptor

ReadEnv = Callable[[str], str | None]
COOKIE_SOURCES = ("auto", "manual", "off")


@dataclass(frozen=True, slots=True)
class Values:
    """Where the values of one fetch come from. `account_token` is set while a token account is selected.

    `is_named` says that the provider is on in the config or was named on the command line.
    """

    descriptor: ProviderDescriptor
    entry: Mapping[str, object] = field(repr=False)
    read_env: ReadEnv = field(repr=False)
    preferences: Mapping[str, str] = field(default_factory=dict[str, str])
    account_token: Secret | None = None
    is_named: bool = True


class CredentialStore(Protocol):
    """Where a fetch may put secrets; the application's config."""

    async def save(self, key: str, value: Secret, *, in_account: bool) -> bool:
        """Replace the selected account's token or the entry's field `key`; whether it was stored."""
        ...

    async def add_account(self, label: str, token: Secret) -> None:
        """Add a token account and select it. Raises InvalidSetting with a sentence when it could not be stored."""
        ...


def find_setting(descriptor: ProviderDescriptor, key: str) -> Setting:
    """Return the declared setting of `key`; KeyError when the descriptor has none."""
    for setting in descriptor.settings:
        if setting_key(setting) == key:
            return setting
    raise KeyError(f"{descriptor.id} declares no setting {key}")


def setting_key(setting: Setting) -> str:
    """Return the config field a setting edits."""
    if isinstance(setting, AccountsSetting):
        return "tokenAccounts"
    if isinstance(setting, CookieSourceSetting):
        return "cookieSource"
    return setting.enabled_key if isinstance(setting, ScopesSetting) else setting.key


def entry_text(entry: Mapping[str, object], key: str) -> str | None:
    """Read a cleaned string field; "outer.inner" goes into an object. None when absent, blank or not a string."""
    value: object = entry
    for part in key.split(".", 1):
        value = _member(value, part)
    return clean(value) if isinstance(value, str) else None


class ResolvedCredentials(Credentials):
    """The credentials of one fetch; without a `store` nothing can be saved."""

    def __init__(self, values: Values, store: CredentialStore | None = None) -> None:
        self._values = values
        self._store = store

    async def get(self, key: str) -> Secret | None:
        """Return the secret or None."""
        return resolve_secret(self._values, key)

    async def require(self, key: str, *, message: str = "") -> Secret:
        """Return the secret; raises MissingCredential when there is none."""
        return require_secret(self._values, key, message)

    async def save_rotated(self, key: str, value: Secret) -> bool:
        """Store a renewed secret where the present one comes from; whether that was possible."""
        in_account = self._values.account_token is not None and key == injected_key(self._values.descriptor)
        if self._store is None or not (in_account or entry_text(self._values.entry, key)):
            return False
        return await self._store.save(key, value, in_account=in_account)

    async def add_account(self, label: str, token: Secret) -> None:
        """Add a token account and select it. Raises InvalidSetting when it could not be stored."""
        if self._store is None:
            raise InvalidSetting("Accounts cannot be added here.", setting="tokenAccounts")
        await self._store.add_account(label, token)


class ResolvedSettings(SettingsView):
    """The plain settings of one fetch."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def get(self, key: str) -> str | None:
        """Return the value in force, None when unset. Raises InvalidSetting when the setting's check refuses it."""
        return resolve_text(self._values, key)

    def flag(self, key: str) -> bool:
        """Return a switch."""
        return resolve_flag(self._values, key)

    def is_stored(self, key: str) -> bool:
        """Whether the config itself has a value, usable or not."""
        return entry_text(self._values.entry, key) is not None


def _member(value: object, key: str) -> object:
    return cast("Mapping[str, object]", value).get(key) if isinstance(value, Mapping) else None


def cookie_source(entry: Mapping[str, object], manual_when: tuple[str, ...] = ()) -> str:
    """Return the effective cookie source: as stored, else manual with a stored header or field named, else auto."""
    stored = entry_text(entry, "cookieSource")
    if stored in COOKIE_SOURCES:
        return stored
    return "manual" if any(entry_text(entry, key) for key in ("cookieHeader", *manual_when)) else "auto"


def resolve_text(values: Values, key: str) -> str | None:
    """Return a plain setting: config (or preference), then environment, then the declared default.

    Raises InvalidSetting when the value fails the setting's check.
    """
    setting = find_setting(values.descriptor, key)
    if isinstance(setting, CookieSourceSetting):
        if values.account_token is not None and injected_key(values.descriptor) == "cookieHeader":
            return "manual"
        return cookie_source(values.entry, setting.manual_when)
    if isinstance(setting, ChoiceSetting):
        return _resolve_choice(values, setting)
    if isinstance(setting, TextSetting):
        return _resolve_line(values, setting)
    return entry_text(values.entry, key)


def resolve_flag(values: Values, key: str) -> bool:
    """Return a switch; anything but a stored true or false counts as the declared default."""
    setting = find_setting(values.descriptor, key)
    stored = values.entry.get(key)
    default = setting.default if isinstance(setting, ToggleSetting) else False
    return stored if isinstance(stored, bool) else default


def resolve_secret(values: Values, key: str) -> Secret | None:
    """Return a credential, None when there is none that may be used.

    A selected token account with a blank token gives None: no other identity may stand in for it.
    """
    setting = _find_secret(values.descriptor, key)
    if values.account_token is not None and key == injected_key(values.descriptor):
        token = clean(values.account_token.reveal())
        return Secret(_as_cookie(values.descriptor, token)) if token else None
    stored = entry_text(values.entry, key)
    if stored and not _bound_elsewhere(values, setting.binding):
        return Secret(stored)
    return _secret_from_env(values, setting)


def require_secret(values: Values, key: str, message: str = "") -> Secret:
    """Return a credential or raise MissingCredential with a sentence made from the setting."""
    secret = resolve_secret(values, key)
    if secret is not None:
        return secret
    setting = _find_secret(values.descriptor, key)
    raise MissingCredential(
        (message or missing_sentence(values.descriptor, setting)) + _binding_remark(values, setting)
    )


def missing_sentence(descriptor: ProviderDescriptor, setting: SecretSetting) -> str:
    """Say that a credential is missing and where to put it."""
    where = f" or set {setting.env[0]}" if setting.env else ""
    return f"{descriptor.name} {setting.label} is missing. Add it in Settings{where}."


def env_names(values: Values, setting: SecretSetting) -> tuple[str, ...]:
    """Return the variables a secret is looked for in, in order."""
    return (*setting.env, *(setting.env_when_named if values.is_named else ()))


def injected_key(descriptor: ProviderDescriptor) -> str:
    """Return the secret that a token account stands in for, "" when the provider has no token accounts."""
    for setting in descriptor.settings:
        if isinstance(setting, AccountsSetting):
            return setting.injects
    return ""


def _as_cookie(descriptor: ProviderDescriptor, token: str) -> str:
    names = [item.cookie_name for item in descriptor.settings if isinstance(item, AccountsSetting)]
    bare = "=" not in token and not token.lower().startswith("cookie:")
    return f"{names[0]}={token}" if names and names[0] and bare else token


def is_bound_elsewhere(values: Values, setting: SecretSetting) -> bool:
    """Whether a stored secret belongs to another value of the setting it is bound to."""
    return entry_text(values.entry, setting.key) is not None and _bound_elsewhere(values, setting.binding)


def _find_secret(descriptor: ProviderDescriptor, key: str) -> SecretSetting:
    setting = find_setting(descriptor, key)
    if not isinstance(setting, SecretSetting):
        raise KeyError(f"{key} is not a secret")
    return setting


def _resolve_choice(values: Values, setting: ChoiceSetting) -> str | None:
    known = [choice.value for choice in setting.choices]
    stored = values.preferences.get(setting.key) if setting.is_preference else entry_text(values.entry, setting.key)
    if stored:
        return stored if stored in known or setting.discover else (setting.default or None)
    for name in setting.env:
        word = (clean(values.read_env(name)) or "").lower()
        for choice in known:
            if word and choice.lower() == word:
                return choice
    return setting.default or None


def _resolve_line(values: Values, setting: TextSetting) -> str | None:
    found = entry_text(values.entry, setting.key)
    for name in setting.env:
        found = found or clean(values.read_env(name))
    found = found or setting.default or None
    complaint = setting.check(found) if found and setting.check else None
    if complaint:
        raise InvalidSetting(f"{values.descriptor.name}: {complaint}", setting=setting.key)
    return found


def _secret_from_env(values: Values, setting: SecretSetting) -> Secret | None:
    if setting.binding is not None:
        named = (clean(values.read_env(setting.binding.env)) or "").lower()
        choices = find_setting(values.descriptor, setting.binding.setting)
        offered = choices.choices if isinstance(choices, ChoiceSetting) else ()
        known = {choice.value.lower() for choice in offered}
        if named in known and named != (resolve_text(values, setting.binding.setting) or "").lower():
            return None
    for name in env_names(values, setting):
        found = clean(values.read_env(name))
        if found:
            return Secret(found)
    return None


def _bound_elsewhere(values: Values, binding: Binding | None) -> bool:
    if binding is None:
        return False
    owner = entry_text(values.entry, binding.stored_as)
    return owner is not None and owner != resolve_text(values, binding.setting)


def _binding_remark(values: Values, setting: SecretSetting) -> str:
    if setting.binding is None or not is_bound_elsewhere(values, setting):
        return ""
    return f" The saved key belongs to the other {setting.binding.setting}."
