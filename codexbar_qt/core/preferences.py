"""Looks and cadence, kept apart from the config file so that a headless reader never needs them (config.md 1).

Stored keys keep the reference app's names where it has one. Precedence: CODEXBAR_PREF_<NAME>, settings.json, default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from codexbar_qt.provider_api import ChoiceSetting

if TYPE_CHECKING:
    from codexbar_qt.core.browser_access import AccessState
    from codexbar_qt.provider_api import ProviderDescriptor

RefreshFrequency = Literal[
    "manual", "oneMinute", "twoMinutes", "fiveMinutes", "fifteenMinutes", "thirtyMinutes", "adaptive"
]
MenuBarStyle = Literal["bars", "number", "iconAndPercent", "critters"]
LowPowerMode = Literal["off", "on", "automatic"]
UpdateChannel = Literal["stable", "beta"]
BROWSER_ACCESS = "browserAccess."
"""What the keys of answers about browsers begin with: one key each, so that two writers never undo each other."""

_MINUTES = {"oneMinute": 1, "twoMinutes": 2, "fiveMinutes": 5, "fifteenMinutes": 15, "thirtyMinutes": 30}


class Preferences(BaseSettings):
    """Frozen app preferences. Keys nobody here knows are kept (`model_extra`)."""

    model_config = SettingsConfigDict(frozen=True, extra="allow", populate_by_name=True)

    refresh_frequency: RefreshFrequency = Field(default="adaptive", validation_alias="refreshFrequency")
    refresh_when_menu_opens: bool = Field(default=False, validation_alias="refreshAllProvidersOnMenuOpen")
    low_power_mode: LowPowerMode = Field(default="off", validation_alias="backgroundWorkLowPowerModePreference")
    check_provider_status: bool = Field(default=True, validation_alias="statusChecksEnabled")
    start_at_login: bool = Field(default=False, validation_alias="launchAtLogin")
    token_cost_usage_enabled: bool = Field(default=False, validation_alias="tokenCostUsageEnabled")
    token_cost_price_catalogue_enabled: bool = Field(default=False, validation_alias="tokenCostPriceCatalogueEnabled")
    token_cost_history_days: int = Field(default=30, validation_alias="tokenCostHistoryDays")
    menu_bar_style: MenuBarStyle = Field(default="bars", validation_alias="menuBarStyle")
    merge_icons: bool = Field(default=True, validation_alias="mergeIcons")
    usage_bars_show_used: bool = Field(default=False, validation_alias="usageBarsShowUsed")
    reset_times_show_absolute: bool = Field(default=False, validation_alias="resetTimesShowAbsolute")
    show_optional_credits_and_extra_usage: bool = Field(
        default=True, validation_alias="showOptionalCreditsAndExtraUsage"
    )
    hide_personal_info: bool = Field(default=False, validation_alias="hidePersonalInfo")
    selected_provider: str = Field(default="", validation_alias="selectedMenuProvider")
    overview_providers: tuple[str, ...] | None = Field(default=None, validation_alias="mergedOverviewSelectedProviders")
    weekly_progress_work_days: Literal[4, 5, 7] | None = Field(default=None, validation_alias="weeklyProgressWorkDays")
    token_cost_usage_bucket_time_zone: str = Field(default="", validation_alias="tokenCostUsageBucketTimeZone")
    open_codex_usage_logs_enabled: bool = Field(default=False, validation_alias="openCodexUsageLogsEnabled")
    provider_detection_completed: bool = Field(default=False, validation_alias="providerDetectionCompleted")
    file_log_enabled: bool = Field(default=False, validation_alias="debugFileLoggingEnabled")
    keyring_fallback_file: bool = Field(default=False, validation_alias="keyringFallbackFile")
    update_checks_enabled: bool = Field(default=True, validation_alias="updateChecksEnabled")
    update_channel: UpdateChannel | None = Field(default=None, validation_alias="updateChannel")
    approved_plugins: dict[str, str] = Field(default_factory=dict[str, str], validation_alias="approvedPlugins")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing behind the caller's back: `preference_sources` names the places."""
        return (init_settings,)

    @property
    def is_adaptive(self) -> bool:
        """Whether the refresh interval follows the use of the popup."""
        return self.refresh_frequency == "adaptive"

    @property
    def refresh_minutes(self) -> int | None:
        """The fixed interval in minutes, None for manual and adaptive."""
        return _MINUTES.get(self.refresh_frequency)

    @property
    def cost_history_days(self) -> int:
        """How many days of cost are told, today included: 1 to 365."""
        return min(365, max(1, self.token_cost_history_days))

    @property
    def browser_access(self) -> dict[str, AccessState]:
        """What people said about reading browsers, by their ids."""
        stored = {key: value for key, value in (self.model_extra or {}).items() if key.startswith(BROWSER_ACCESS)}
        allowed = {key for key, value in stored.items() if value == "allowed"}
        refused = {key for key, value in stored.items() if value == "refused"}
        return {
            key.removeprefix(BROWSER_ACCESS): "allowed" if key in allowed else "refused" for key in allowed | refused
        }

    def provider_values(self, descriptor: ProviderDescriptor) -> dict[str, str]:
        """Return the stored values of a provider's settings that live here instead of in the config file."""
        keys = [item.key for item in descriptor.settings if isinstance(item, ChoiceSetting) and item.is_preference]
        stored = {key: (self.model_extra or {}).get(key) for key in keys}
        return {key: value for key, value in stored.items() if isinstance(value, str)}
