"""The config as the application sees it: frozen values, made once per change of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Scope, Secret, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

DEFAULT_THRESHOLDS = (50, 20)


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """One of several accounts of a provider (config.md 7). `id` is stable; times aware UTC."""

    id: str
    label: str = field(repr=False)
    token: Secret
    added_at: datetime | None = None
    last_used: datetime | None = None
    external_identifier: str = field(default="", repr=False)
    usage_scope: str = ""
    organization_id: str = ""
    workspace_id: str = ""


@dataclass(frozen=True, slots=True)
class QuotaOverride:
    """Warning thresholds of one window, percent remaining, highest first. `enabled` None follows the global switch."""

    thresholds: tuple[int, ...] = ()
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """What the file says about one known provider.

    `source` is what a fetch uses: a word the provider does not support counts as auto. `raw` is the entry as stored,
    secrets included. `invalid` says what is wrong with an entry that cannot be used; such a provider is off.
    `accent_color` is #RRGGBB, "" for the provider's own. `account` is the selected one of `accounts`. `scopes` are the
    parts of an account to fetch beside the person's own, in order, out of `known_scopes`; both are stored in
    `scope_fields`.
    """

    id: str
    enabled: bool
    source: Source = Source.AUTO
    raw: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    account: TokenAccount | None = None
    accounts: tuple[TokenAccount, ...] = ()
    accent_color: str = ""
    session_warning: QuotaOverride = QuotaOverride()
    weekly_warning: QuotaOverride = QuotaOverride()
    invalid: tuple[str, ...] = ()
    known_scopes: tuple[Scope, ...] = ()
    scopes: tuple[Scope, ...] = ()
    scope_fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AppConfig:
    """The normalised config. `entries` are the known providers in file order, `root` the whole document.

    `revision` grows with every change of content. `problem` is what people should read when the file could not be used;
    the values are then the last good ones or the defaults. `read_only` files are never written. `mode` are the
    permission bits of the file (None: no file, or a system without them), `fingerprint` is the SHA-256 of its bytes.
    """

    version: int
    entries: tuple[ProviderEntry, ...]
    root: Mapping[str, object] = field(repr=False)
    path: Path
    revision: int = 0
    read_only: bool = False
    problem: str | None = None
    shadowed: Path | None = None
    mode: int | None = None
    fingerprint: str = ""

    def entry(self, provider_id: str) -> ProviderEntry:
        """Return the entry of a known provider. Raises KeyError for any other id."""
        for entry in self.entries:
            if entry.id == provider_id:
                return entry
        raise KeyError(provider_id)

    @property
    def enabled_ids(self) -> tuple[str, ...]:
        """The providers that are on, in display order."""
        return tuple(entry.id for entry in self.entries if entry.enabled)


_LOOK_FIELDS = frozenset({"accentColor", "quotaWarnings"})


def changed_ids(old: AppConfig, new: AppConfig) -> frozenset[str]:
    """Return the providers whose numbers may differ now.

    A changed order, colour or warning level changes none; nor does a part of an account that comes or goes.
    """
    before = {entry.id: _fetched_with(entry) for entry in old.entries}
    after = {entry.id: _fetched_with(entry) for entry in new.entries}
    return frozenset(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def _fetched_with(entry: ProviderEntry) -> tuple[object, ...]:
    raw = {key: value for key, value in entry.raw.items() if key not in _LOOK_FIELDS | entry.scope_fields}
    return entry.enabled, entry.source, entry.account, entry.invalid, raw
