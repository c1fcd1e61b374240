"""The settings a provider declares. Pages, validation, CLI help, environment order and redaction come from these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.provider_api.context import FetchContext, Scope
    from codexbar_qt.provider_api.descriptor import Source

Check = Callable[[str], str | None]
"""Returns None for a usable value, else one sentence that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Ties a secret to the value of another setting, so that it is never used with a different one.

    When the secret is stored, the value of `setting` in force is stored under `stored_as`; a stored secret whose
    `stored_as` differs is not used. An environment secret is not used when `env` names a known other value.
    """

    setting: str
    stored_as: str
    env: str


@dataclass(frozen=True, slots=True)
class SecretSetting:
    """A credential. `key` is the config field; "pluginSecrets.NAME" addresses a value inside that object.

    `env` are the variables read when config has no value, first non-blank wins. `env_when_named` follow them only when
    the provider is enabled in the config or named on the command line: variables that other programs use too.
    `locate` names the place a credential comes from that the provider finds by itself, "" for none.
    `shown_for` are the usage sources with which the page shows it, () for all.
    """

    key: str
    label: str
    env: tuple[str, ...] = ()
    placeholder: str = ""
    help: str = ""
    link: str = ""
    binding: Binding | None = None
    shown_when: tuple[str, str] | None = None
    env_exempt_reason: str = ""
    env_when_named: tuple[str, ...] = ()
    locate: Callable[[FetchContext], Awaitable[str]] | None = None
    shown_for: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a picker; `value` "" stands for "not set"."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ChoiceSetting:
    """A picker. An unknown stored word counts as `default` and is reported by validation as `invalid_<key>`.

    `discover` adds entries found on this machine. With `is_preference` the value lives in settings.json, not in the
    config file. `console_links` maps a value to the page where a key for it is made. `stored_when_new` is written into
    the entry of a freshly created config file, `stored_when_added` into an entry added to an existing one.
    """

    key: str
    label: str
    choices: tuple[Choice, ...] = ()
    default: str = ""
    env: tuple[str, ...] = ()
    help: str = ""
    discover: Callable[[FetchContext], Awaitable[tuple[Choice, ...]]] | None = None
    is_preference: bool = False
    console_links: tuple[tuple[str, str], ...] = ()
    stored_when_new: str = ""
    stored_when_added: str = ""


@dataclass(frozen=True, slots=True)
class TextSetting:
    """A plain line of text; `check` runs at entry, in validation (`invalid_<key>`) and before a fetch uses it."""

    key: str
    label: str
    env: tuple[str, ...] = ()
    default: str = ""
    placeholder: str = ""
    help: str = ""
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class ToggleSetting:
    """A switch."""

    key: str
    label: str
    default: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class AccountField:
    """A line of text stored with a token account. `key` is organizationId or workspaceID."""

    key: str
    label: str
    usage_scope: str = ""
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class AccountsSetting:
    """Several accounts (config `tokenAccounts`); the selected one's token stands in for the secret `injects`.

    `related` are environment variables ignored while an account is selected, so that no other identity leaks in. A bare
    token becomes `<cookie_name>=<token>` where one is named. `usage_scopes` are the words of an account's `usageScope`,
    the first is the default; `fields` are shown with an account whose scope is theirs.
    """

    label: str
    injects: str
    placeholder: str = ""
    help: str = ""
    related: tuple[str, ...] = ()
    cookie_name: str = ""
    usage_scopes: tuple[str, ...] = ()
    fields: tuple[AccountField, ...] = ()


@dataclass(frozen=True, slots=True)
class CookieSourceSetting:
    """The picker Automatic / Manual / Off (config `cookieSource`) of a provider that can use a browser session.

    Without a stored choice it is Manual when `cookieHeader` or one of the fields `manual_when` has a value.
    `shown_for` are the usage sources with which the page shows it, () for all. While the secret `hidden_with` is stored
    or set in the environment, the page shows neither the picker nor what depends on it.
    """

    label: str = "Cookie source"
    help: str = ""
    manual_when: tuple[str, ...] = ()
    shown_for: tuple[Source, ...] = ()
    hidden_with: str = ""


@dataclass(frozen=True, slots=True)
class ScopesSetting:
    """Parts of an account (organisations) that are fetched and shown beside each other, each switched on by itself.

    The known ones are stored in the field `known_key` as objects {id, name, role?}, the ids of those switched on in
    `enabled_key`. `own_label` is the row of the account itself, which is always on, `own_name` its short name.
    `find` asks the service for the known ones, with the credential that the usage source calls for.
    """

    label: str
    known_key: str
    enabled_key: str
    own_label: str
    own_name: str
    find: Callable[[FetchContext, Source], Awaitable[tuple[Scope, ...]]]
    help: str = ""


Setting = (
    SecretSetting | ChoiceSetting | TextSetting | ToggleSetting | AccountsSetting | CookieSourceSetting | ScopesSetting
)
