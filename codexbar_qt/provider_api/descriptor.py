"""What a provider is, declared as values: the application knows providers only through these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from codexbar_qt.provider_api.errors import (
    AuthRejected,
    MissingCredential,
    ProviderError,
    ToolNotInstalled,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api.context import Env, FetchContext, SelectedAccount, SettingsView
    from codexbar_qt.provider_api.keepalive import Keepalive
    from codexbar_qt.provider_api.models import Snapshot
    from codexbar_qt.provider_api.settings import Setting

API_VERSION = 1
"""Version of this contract. A provider module may name the one it needs as `API_VERSION`."""

Quality = Literal["basic", "solid", "complete"]
Lane = Literal["primary", "secondary", "tertiary"]


class Source(StrEnum):
    """Where numbers come from, as written in the config field `source`."""

    AUTO = "auto"
    WEB = "web"
    CLI = "cli"
    OAUTH = "oauth"
    API = "api"


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """Labels of the lanes and how they are laid out.

    `card_order` is the order of rows in a card; `tray` the two lanes of the tray meter (top, bottom).
    `session` and `weekly` say which lane plays that part in texts and warnings, None when none does.
    `bonus` is a lane of extra credits that counts as absent for the tray once it is spent.
    """

    primary: str = "Session"
    secondary: str = "Weekly"
    tertiary: str = ""
    card_order: tuple[Lane, ...] = ("primary", "secondary", "tertiary")
    tray: tuple[Lane, Lane] = ("primary", "secondary")
    session: Lane | None = None
    weekly: Lane | None = None
    bonus: Lane | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A page a person may open from the provider's settings or card.

    With `after` it is shown only while the last fetch has failed in one of these ways.
    """

    label: str
    url: str
    after: tuple[type[ProviderError], ...] = ()


ChooseDashboard = Callable[["SettingsView", "Env", "SelectedAccount | None"], str]
"""Returns the usage page for the settings in force, "" for the declared one."""


@dataclass(frozen=True, slots=True)
class ProviderDescriptor:
    """Static facts. `id` equals the module name, `order` is the place in the catalogue (config.md 6), `color` #RRGGBB.

    `plan_label` names the plan row ("Balance"); its text then drops a leading "<plan_label>: ".
    `details_are_not_resets`: a window's `reset_description` is a detail line, not a reset text, unless it begins with
    "Resets".
    `activity_prefix`: a part of the login method (parted by " · ") that starts so tells what goes on, not the plan.
    `account_is_source`: the organisation names what was read (an IDE), not who.
    `missing_tool_exit_code`: what the command line exits with when a needed program is not installed, 1 or 2.
    `api_keys_at` is the id of the provider that takes this service's API keys, when it is another one.
    `dashboard_for` chooses the usage page where it depends on settings, `dashboard_url` is the usual one.
    `exhausted_toggle` is the key of the ToggleSetting that decides `auto_prefers_exhausted`, "" when none does.
    `auto_prefers_most_used`: of the lanes `most_used_of` the most used one stands for the provider.
    `plan_names` are plan words, lower case, with the way they are shown to people.
    `source_labels` name sources in the picker where the usual words say too little ("Amp CLI").
    """

    id: str
    name: str
    color: str
    order: int
    short_name: str = ""
    aliases: tuple[str, ...] = ()
    icon: str = ""
    windows: WindowSpec = field(default_factory=WindowSpec)
    settings: tuple[Setting, ...] = ()
    dashboard_url: str = ""
    dashboard_for: ChooseDashboard | None = None
    status_url: str = ""
    links: tuple[Link, ...] = ()
    plan_label: str = ""
    plan_names: tuple[tuple[str, str], ...] = ()
    source_labels: tuple[tuple[Source, str], ...] = ()
    details_are_not_resets: bool = False
    activity_prefix: str = ""
    account_is_source: bool = False
    binding_cap: bool = False
    auto_prefers_exhausted: bool = False
    exhausted_toggle: str = ""
    auto_prefers_most_used: bool = False
    most_used_of: tuple[Lane, ...] = ("primary", "secondary")
    default_enabled: bool = False
    missing_tool_exit_code: int = 1
    api_keys_at: str = ""
    quality: Quality = "basic"


FetchFunction = Callable[["FetchContext"], Awaitable["Snapshot"]]
DEFAULT_FALL_BACK: tuple[type[ProviderError], ...] = (MissingCredential, ToolNotInstalled)


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to get the numbers. `falls_back_on` lists the errors after which the next strategy is tried.

    `label` is the `source` shown and printed (default: the source word). `auto_only` strategies cannot be chosen.
    `fallback_note` is the note of a snapshot that has none of its own and came after a failure of an earlier strategy.
    """

    source: Source
    fetch: FetchFunction
    falls_back_on: tuple[type[ProviderError], ...] = DEFAULT_FALL_BACK
    label: str = ""
    auto_only: bool = False
    limit_seconds: float = 30.0
    fallback_note: str = ""

    @property
    def shown_source(self) -> str:
        """The word for `source` in JSON and on the card."""
        return self.label or self.source.value


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the provider's settings page. `run` reports progress texts and returns the closing sentence.

    With `refreshes` a successful run is followed by a fetch. Raises ProviderError with a sentence for people.
    `label_with_accounts` replaces the label once the provider has token accounts.
    """

    id: str
    label: str
    run: Callable[[FetchContext, Callable[[str], None]], Awaitable[str]]
    refreshes: bool = False
    label_with_accounts: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One strategy that was tried; `error` is None when it gave the snapshot."""

    strategy: Strategy
    error: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class DebugReport:
    """Extra facts the command line asks for with `flag`; JSON carries them under `json_key`, their failure is ignored.

    `fetch` returns name and value pairs.
    """

    flag: str
    json_key: str
    help: str
    fetch: Callable[[FetchContext], Awaitable[Mapping[str, str]]]


ForgetSessions = Callable[["FetchContext"], Awaitable[int]]
"""Removes what a provider itself has stored of browser sessions; returns how many there were."""

TellError = Callable[["Sequence[Attempt]"], ProviderError]
"""Chooses the error people read out of the attempts of a failed run, in order."""

TrayText = Callable[["Snapshot", Mapping[str, str]], str | None]
"""Text beside the tray icon from a snapshot and the values of the provider's preference settings; None = the usual."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A descriptor with its strategies in order of preference. A module exposes it as `PROVIDER`.

    `told_error` replaces the usual choice: the last real error, a missing credential or tool only without one.
    `keepalive` keeps a browser session from running out while the tray app runs.
    `forget` removes what the provider itself has stored of browser sessions, when people want them forgotten, and
    returns how many there were; it raises ProviderError with a sentence for one that stays.
    """

    descriptor: ProviderDescriptor
    strategies: tuple[Strategy, ...]
    actions: tuple[Action, ...] = ()
    tray_text: TrayText | None = None
    told_error: TellError | None = None
    debug_reports: tuple[DebugReport, ...] = ()
    keepalive: Keepalive | None = None
    forget: ForgetSessions | None = None

    @property
    def id(self) -> str:
        """Catalogue id."""
        return self.descriptor.id

    @property
    def source_modes(self) -> tuple[Source, ...]:
        """The words a person may choose, "auto" first."""
        chosen = [strategy.source for strategy in self.strategies if not strategy.auto_only]
        return (Source.AUTO, *dict.fromkeys(chosen))


ANY_FAILURE: tuple[type[ProviderError], ...] = (ProviderError,)
LOGIN_FAILURES: tuple[type[ProviderError], ...] = (*DEFAULT_FALL_BACK, AuthRejected)
