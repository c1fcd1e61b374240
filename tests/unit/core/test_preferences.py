"""Preferences and where they come from (config.md 1, product.md 3.1, 7)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from codexbar_qt.core.preference_sources import file_keys, fits, read_preferences
from codexbar_qt.core.preferences import Preferences

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider


def read(document: dict[str, object], env: dict[str, str] | None = None, *, is_fresh: bool = False) -> Preferences:
    return read_preferences(document, (env or {}).get, is_fresh=is_fresh)


def test_the_defaults_of_a_fresh_install() -> None:
    assert read({}, is_fresh=True) == Preferences()
    found = Preferences()
    assert (found.refresh_frequency, found.is_adaptive, found.refresh_minutes) == ("adaptive", True, None)
    assert (found.menu_bar_style, found.low_power_mode) == ("bars", "off")
    on = {name for name in file_keys() if getattr(found, name) is True}
    assert on == {
        "check_provider_status",
        "merge_icons",
        "show_optional_credits_and_extra_usage",
        "update_checks_enabled",
    }


@pytest.mark.parametrize(
    ("stored", "is_fresh", "frequency"),
    [
        ({}, True, "adaptive"),
        ({}, False, "fiveMinutes"),
        ({"refreshFrequency": "sometimes"}, False, "fiveMinutes"),
        ({"refreshFrequency": None}, False, "fiveMinutes"),
        ({"refreshFrequency": 5}, False, "fiveMinutes"),
        ({"refreshFrequency": "manual"}, False, "manual"),
        ({"refreshFrequency": "adaptive"}, False, "adaptive"),
    ],
)
def test_the_cadence_in_force(stored: dict[str, object], is_fresh: bool, frequency: str) -> None:
    assert read(stored, is_fresh=is_fresh).refresh_frequency == frequency


@pytest.mark.parametrize(
    ("frequency", "minutes"),
    [
        ("manual", None),
        ("oneMinute", 1),
        ("twoMinutes", 2),
        ("fiveMinutes", 5),
        ("fifteenMinutes", 15),
        ("thirtyMinutes", 30),
        ("adaptive", None),
    ],
)
def test_minutes_of_a_cadence(frequency: str, minutes: int | None) -> None:
    found = read({"refreshFrequency": frequency})
    assert (found.refresh_minutes, found.is_adaptive) == (minutes, frequency == "adaptive")


def test_keys_of_the_reference_are_read() -> None:
    stored: dict[str, Any] = {
        "refreshAllProvidersOnMenuOpen": True,
        "backgroundWorkLowPowerModePreference": "automatic",
        "statusChecksEnabled": False,
        "launchAtLogin": True,
        "tokenCostUsageEnabled": True,
        "tokenCostPriceCatalogueEnabled": True,
        "tokenCostHistoryDays": 90,
        "menuBarStyle": "critters",
        "mergeIcons": False,
        "usageBarsShowUsed": True,
        "resetTimesShowAbsolute": True,
        "showOptionalCreditsAndExtraUsage": False,
        "hidePersonalInfo": True,
        "selectedMenuProvider": "beta",
        "mergedOverviewSelectedProviders": ["a", "b"],
        "weeklyProgressWorkDays": 5,
        "tokenCostUsageBucketTimeZone": "Europe/Berlin",
        "openCodexUsageLogsEnabled": True,
        "providerDetectionCompleted": True,
        "debugFileLoggingEnabled": True,
        "keyringFallbackFile": True,
        "updateChecksEnabled": False,
        "updateChannel": "beta",
        "approvedPlugins": {"own.py": "0" * 64},
        "refreshFrequency": "oneMinute",
    }
    assert set(stored) == set(file_keys().values())
    found = read(stored)
    assert found.overview_providers == ("a", "b")
    default = Preferences()
    assert all(getattr(found, name) != getattr(default, name) for name in file_keys())


@pytest.mark.parametrize(("stored", "days"), [(0, 1), (45, 45), (9999, 365), (None, 30)])
def test_the_cost_history_is_a_day_to_a_year(stored: int | None, days: int) -> None:
    assert read({"tokenCostHistoryDays": stored}).cost_history_days == days


def test_one_bad_value_spoils_no_other() -> None:
    found = read(
        {"mergeIcons": "perhaps", "selectedMenuProvider": 7, "hidePersonalInfo": True, "weeklyProgressWorkDays": 6}
    )
    assert (found.merge_icons, found.selected_provider, found.hide_personal_info) == (True, "", True)
    assert found.weekly_progress_work_days is None


def test_keys_nobody_knows_are_kept_and_never_become_options() -> None:
    stored = {"later": {"x": 1}, "refresh_frequency": "bogus", "merge_icons": False, "_env_file": "/etc/passwd"}
    found = read(stored, is_fresh=True)
    assert found.model_extra == {"later": {"x": 1}}
    assert (found.refresh_frequency, found.merge_icons) == ("adaptive", True)


def test_the_environment_stands_before_the_file() -> None:
    env = {
        "CODEXBAR_PREF_HIDE_PERSONAL_INFO": "1",
        "CODEXBAR_PREF_REFRESH_FREQUENCY": ' "manual" ',
        "CODEXBAR_PREF_OVERVIEW_PROVIDERS": "a, b,",
        "CODEXBAR_PREF_WEEKLY_PROGRESS_WORK_DAYS": "4",
        "CODEXBAR_PREF_MERGE_ICONS": "perhaps",
        "CODEXBAR_PREF_SELECTED_PROVIDER": " ",
        "CODEXBAR_PREF_LATER": "x",
    }
    stored = {"hidePersonalInfo": False, "mergeIcons": False, "selectedMenuProvider": "beta"}
    found = read(stored, env)
    assert (found.hide_personal_info, found.refresh_frequency) == (True, "manual")
    assert (found.overview_providers, found.weekly_progress_work_days) == (("a", "b"), 4)
    assert (found.merge_icons, found.selected_provider) == (False, "beta")
    assert not found.model_extra


def test_the_process_environment_is_not_read_behind_the_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MERGE_ICONS", "MERGEICONS", "mergeIcons", "CODEXBAR_PREF_MERGE_ICONS"):
        monkeypatch.setitem(os.environ, name, "false")
    assert Preferences().merge_icons
    assert read({}).merge_icons


def test_preferences_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Preferences().merge_icons = False


def test_values_of_provider_settings(catalogue: tuple[Provider, ...]) -> None:
    delta = next(provider.descriptor for provider in catalogue if provider.id == "delta")
    stored: dict[str, object] = {"deltaMenuBarDisplay": "hidden", "region": "intl", "later": "x"}
    assert read(stored).provider_values(delta) == {"deltaMenuBarDisplay": "hidden"}
    assert read({"deltaMenuBarDisplay": 5}).provider_values(delta) == {}


@pytest.mark.parametrize(
    ("name", "value", "ok"),
    [
        ("merge_icons", True, True),
        ("merge_icons", "perhaps", False),
        ("menu_bar_style", "number", True),
        ("menu_bar_style", "x", False),
        ("overview_providers", ["a"], True),
        ("overview_providers", [1], False),
    ],
)
def test_what_fits_a_preference(name: str, value: object, ok: bool) -> None:
    assert fits(name, value) is ok
