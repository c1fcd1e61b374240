"""General, Privacy's preference, Advanced and About: each control stores one thing, and what is wrong is said."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.ui.advanced_model import AdvancedModel
from codexbar_qt.ui.general_model import GeneralModel
from codexbar_qt.ui.privacy_model import PrivacyModel
from codexbar_qt.ui.setting_field_model import ChoiceField, ToggleField
from codexbar_qt.ui.settings_tasks import SettingsTasks

if TYPE_CHECKING:
    from codexbar_qt.ui.setting_field_model import SettingField
    from tests.ui.settings.conftest import World


@pytest.fixture
def general(world: World) -> GeneralModel:
    assert isinstance(world.model.general, GeneralModel)
    return world.model.general


@pytest.fixture
def advanced(world: World) -> AdvancedModel:
    assert isinstance(world.model.advanced, AdvancedModel)
    return world.model.advanced


def control(fields: tuple[SettingField, ...], name: str) -> SettingField:
    return next(field for field in fields if field.text_parts.key == name)


def _shows(picker: ChoiceField, index: int) -> bool:
    return picker.index == index


@pytest.mark.parametrize(
    ("name", "index", "label", "stored"),
    [
        ("refresh_frequency", 6, "Manual", {"refreshFrequency": "manual"}),
        ("refresh_frequency", 1, "Every minute", {"refreshFrequency": "oneMinute"}),
        ("low_power_mode", 2, "Automatic", {"backgroundWorkLowPowerModePreference": "automatic"}),
        ("usage_bars_show_used", 1, "What is used", {"usageBarsShowUsed": True}),
        ("reset_times_show_absolute", 1, "Date and time", {"resetTimesShowAbsolute": True}),
    ],
)
async def test_a_picker_stores_its_preference(
    world: World, general: GeneralModel, name: str, index: int, label: str, stored: dict[str, object]
) -> None:
    picker = control(general.controls(), name)
    assert isinstance(picker, ChoiceField)
    assert picker.index == 0
    assert picker.options[index] == label
    picker.choose(index)
    await world.until(lambda: picker.index == index)
    settings = json.loads(world.session.config.path.with_name("settings.json").read_text("utf-8"))
    assert stored.items() <= settings.items()


@pytest.mark.parametrize(
    ("name", "key", "before"),
    [
        ("show_optional_credits_and_extra_usage", "showOptionalCreditsAndExtraUsage", True),
        ("token_cost_usage_enabled", "tokenCostUsageEnabled", False),
        ("token_cost_price_catalogue_enabled", "tokenCostPriceCatalogueEnabled", False),
        ("hide_personal_info", "hidePersonalInfo", False),
        ("start_at_login", "launchAtLogin", False),
        ("keyring_fallback_file", "keyringFallbackFile", False),
        ("file_log_enabled", "debugFileLoggingEnabled", False),
    ],
)
async def test_a_switch_stores_its_preference(
    world: World, general: GeneralModel, advanced: AdvancedModel, name: str, key: str, before: bool
) -> None:
    privacy = world.model.privacy
    assert isinstance(privacy, PrivacyModel)
    switch = control((*general.controls(), *privacy.controls(), *advanced.controls()), name)
    assert isinstance(switch, ToggleField)
    assert switch.on is before
    switch.turn(not before)
    await world.until(lambda: switch.on is not before)
    settings = json.loads(world.session.config.path.with_name("settings.json").read_text("utf-8"))
    assert settings[key] is not before
    assert world.login == ([True] if name == "start_at_login" else [])


async def test_the_cost_history_follows_the_switch(world: World, general: GeneralModel) -> None:
    switch = control(general.controls(), "token_cost_usage_enabled")
    picker = control(general.controls(), "token_cost_history_days")
    assert isinstance(switch, ToggleField)
    assert isinstance(picker, ChoiceField)
    assert not picker.shown
    switch.turn(True)
    await world.until(lambda: picker.shown)
    assert (picker.options, picker.index) == (["7 days", "30 days", "90 days", "365 days"], 1)
    picker.choose(3)
    await world.until(lambda: picker.index == 3)
    settings = json.loads(world.session.config.path.with_name("settings.json").read_text("utf-8"))
    assert settings["tokenCostHistoryDays"] == 365


async def test_a_history_of_ones_own_stays(world: World) -> None:
    await world.session.edit_preferences({"token_cost_history_days": 45})
    picker = control(GeneralModel(world.session, SettingsTasks(world.session)).controls(), "token_cost_history_days")
    assert isinstance(picker, ChoiceField)
    assert picker.options[picker.index] == "45 days"


async def test_every_cadence_is_one_the_preferences_know(world: World, general: GeneralModel) -> None:
    picker = control(general.controls(), "refresh_frequency")
    assert isinstance(picker, ChoiceField)
    for index in range(len(picker.options)):
        picker.choose(index)
        await world.until(partial(_shows, picker, index))
    assert world.model.banner == ""


async def test_the_config_file_is_opened_once_it_exists(world: World, advanced: AdvancedModel) -> None:
    path = world.session.config.path
    assert advanced.configPath == str(path)
    advanced.openConfig()
    world.config_file.restore_defaults()
    advanced.openConfig()
    advanced.revealConfig()
    assert world.opened == [path.parent, path, path.parent]
    assert world.model.banner == ""


async def test_a_missing_folder_is_told(world: World, advanced: AdvancedModel) -> None:
    world.session.config.path.parent.rmdir()
    advanced.revealConfig()
    assert world.opened == []
    assert world.model.banner.endswith("does not exist yet. It is made when you change a setting.")


class TestWithABrokenFile:
    @pytest.fixture
    def first_config(self) -> str:
        return '{"version": 1, "providers": ['

    async def test_defaults_come_back_and_the_old_file_stays(self, world: World, advanced: AdvancedModel) -> None:
        assert "could not be read" in advanced.problem
        assert [advanced.canRestore] == [True]
        advanced.restoreDefaults()
        await world.until(lambda: advanced.problem == "")
        assert not advanced.canRestore
        copies = [path.name for path in world.session.config.path.parent.glob("config.json.corrupt-*")]
        assert len(copies) == 1


class TestWithANewerFile:
    @pytest.fixture
    def first_config(self) -> str:
        return '{"version": 2, "providers": []}'

    async def test_a_newer_file_cannot_be_replaced(self, advanced: AdvancedModel) -> None:
        assert "newer version" in advanced.problem
        assert not advanced.canRestore


async def test_failures_and_files_that_wait_are_listed(world: World, advanced: AdvancedModel) -> None:
    assert (advanced.failureCount, advanced.pluginCount) == (1, 1)
    (plugin,) = advanced.waiting
    assert not plugin.allowed
    assert plugin.remark == "New file. SHA-256 " + "ab" * 32
    advanced.approvePlugin(plugin.path, plugin.sha256)
    await world.until(lambda: advanced.waiting[0].allowed)
    assert advanced.waiting[0].remark.startswith("Allowed. It is loaded when the app starts next.")
    settings = json.loads(world.session.config.path.with_name("settings.json").read_text("utf-8"))
    assert settings["approvedPlugins"] == {plugin.path: "ab" * 32}


async def test_a_path_the_system_refuses_is_told(world: World, advanced: AdvancedModel) -> None:
    refused = world.session.config.path.parent / "x.refused"
    refused.touch()
    advanced._open(Path(refused))
    assert world.model.banner == f"The system could not open {refused}. Open it by hand."


async def test_panes_are_switched(world: World) -> None:
    world.model.showProvider("alpha")
    assert (world.model.pane, world.model.providerId) == ("provider", "alpha")
    world.model.showPane("advanced")
    assert (world.model.pane, world.model.providerId, world.model.shown_page) == ("advanced", "", None)
    world.model.showPane("missing")
    assert world.model.pane == "advanced"


async def test_a_closed_model_listens_no_more(world: World) -> None:
    world.model.showProvider("alpha")
    page = world.model.shown_page
    assert page is not None
    world.model.close()
    assert await world.session.edit_preferences({"usage_bars_show_used": True}) == ""
    world.session.store.succeed(world.session.active_key("alpha"), world.snapshot, "api", world.clock.now())
    assert page.rowCount == 0


@pytest.mark.logs_warnings
async def test_a_defect_of_ours_is_told_and_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> str:
        raise LookupError("defect")

    world.model._tasks.run(broken())
    await world.until(lambda: world.model.banner)
    assert world.model.banner == "Something went wrong inside the app. The details are in the log."
    assert "LookupError" in caplog.text


async def test_a_broken_change_is_logged_without_what_it_says(caplog: pytest.LogCaptureFixture, world: World) -> None:
    told: list[str] = []
    tasks = SettingsTasks(world.session)
    tasks.listen(told.append)

    async def broken() -> None:
        raise ValueError("test-key-1")

    tasks.start(broken())
    await world.until(lambda: bool(told))
    assert "A change in the settings failed: ValueError" in caplog.text
    assert "test-key-1" not in caplog.text.replace('raise ValueError("test-key-1")', "")
