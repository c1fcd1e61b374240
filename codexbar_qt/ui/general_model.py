"""The General pane: how often to look and how numbers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Choice
from codexbar_qt.ui.preference_fields import PreferenceFields
from codexbar_qt.ui.setting_field_model import ChoiceField, FieldText, SettingField, ToggleField
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks

CADENCES = (
    Choice("adaptive", "Adaptive"),
    Choice("oneMinute", "Every minute"),
    Choice("twoMinutes", "Every 2 minutes"),
    Choice("fiveMinutes", "Every 5 minutes"),
    Choice("fifteenMinutes", "Every 15 minutes"),
    Choice("thirtyMinutes", "Every 30 minutes"),
    Choice("manual", "Manual"),
)
HISTORY_DAYS = (7, 30, 90, 365)
LOW_POWER = (Choice("off", "Off"), Choice("on", "On"), Choice("automatic", "Automatic"))


class GeneralModel(ViewModel):
    """Four groups of controls over the preferences."""

    def __init__(self, session: SettingsSession, tasks: SettingsTasks) -> None:
        super().__init__()
        make = PreferenceFields(session, tasks)
        self._refresh = _refresh_fields(make)
        self._display = _display_fields(make)
        self._cost = _cost_fields(session, tasks)
        self._system = (_start_at_login(session, tasks),)

    refreshFields = Property(list, lambda self: list(self._refresh), constant=True)
    displayFields = Property(list, lambda self: list(self._display), constant=True)
    costFields = Property(list, lambda self: list(self._cost), constant=True)
    systemFields = Property(list, lambda self: list(self._system), constant=True)

    def controls(self) -> tuple[SettingField, ...]:
        """Every control of the pane."""
        return (*self._refresh, *self._display, *self._cost, *self._system)

    def update(self) -> None:
        """Read the preferences again."""
        for field in self.controls():
            field.refresh()


def _refresh_fields(make: PreferenceFields) -> tuple[SettingField, ...]:
    return (
        make.choice(
            "refresh_frequency",
            "Refresh interval",
            CADENCES,
            help_text="Adaptive looks more often while you use the popup, and less often later.",
        ),
        make.choice(
            "low_power_mode",
            "Low power mode",
            LOW_POWER,
            help_text="Looks at most every 30 minutes. Automatic follows the system's power saving.",
        ),
    )


def _display_fields(make: PreferenceFields) -> tuple[SettingField, ...]:
    return (
        make.flag_choice("usage_bars_show_used", "Usage bars show", ("What is left", "What is used")),
        make.flag_choice("reset_times_show_absolute", "Reset times", ("Countdown", "Date and time")),
        make.toggle("show_optional_credits_and_extra_usage", "Show credits and extra usage"),
    )


def _cost_fields(session: SettingsSession, tasks: SettingsTasks) -> tuple[SettingField, ...]:
    make = PreferenceFields(session, tasks)
    return (
        make.toggle(
            "token_cost_usage_enabled",
            "Show cost summary",
            "Estimates the cost from the logs that Claude Code and Codex keep; the logs stay on this machine.",
        ),
        _history(session, tasks),
        _catalogue(session, tasks),
    )


def _catalogue(session: SettingsSession, tasks: SettingsTasks) -> ToggleField:
    return ToggleField(
        FieldText(
            "token_cost_price_catalogue_enabled",
            "Update prices from models.dev",
            "Fetches the public price list once a day for a better estimate; your logs stay on this machine.",
        ),
        read=lambda: session.preferences.token_cost_price_catalogue_enabled,
        write=lambda on: tasks.edit_preferences({"token_cost_price_catalogue_enabled": on}),
        shown_when=lambda: session.preferences.token_cost_usage_enabled,
    )


def _history(session: SettingsSession, tasks: SettingsTasks) -> ChoiceField:
    stored = session.preferences.cost_history_days
    return ChoiceField(
        FieldText("token_cost_history_days", "Cost history", "The days that the estimate on cards adds up."),
        [Choice(str(days), f"{days} days") for days in sorted({*HISTORY_DAYS, stored})],
        read=lambda: str(session.preferences.cost_history_days),
        write=lambda value: tasks.edit_preferences({"token_cost_history_days": int(value)}),
        shown_when=lambda: session.preferences.token_cost_usage_enabled,
    )


def _start_at_login(session: SettingsSession, tasks: SettingsTasks) -> ToggleField:
    return ToggleField(
        FieldText("start_at_login", "Start at login"),
        read=lambda: session.preferences.start_at_login,
        write=lambda on: tasks.run(session.set_start_at_login(on)),
    )
