"""The settings page of JetBrains AI: the picker, the two fields that edit one key, the explanation."""

from __future__ import annotations

import json

from codexbar_providers.jetbrains import DESCRIPTOR, PROVIDER
from codexbar_qt.provider_api import Choice, ChoiceSetting, FetchContext, TextSetting
from codexbar_qt.provider_testing import CasePorts, parse_case

BASE = "/home/user/.config/JetBrains"
QUOTA = "options/AIAssistantQuotaManager2.xml"


def context_of(files: dict[str, object], config: dict[str, object] | None = None) -> FetchContext:
    document = {"why": "-", "now": "2030-01-01T00:00:00Z", "expect": {}, "files": files, "config": config or {}}
    return CasePorts.from_case(parse_case("test", json.dumps(document)), PROVIDER).context


async def choices_of(files: dict[str, object]) -> tuple[Choice, ...]:
    picker = DESCRIPTOR.settings[0]
    assert isinstance(picker, ChoiceSetting)
    assert picker.discover is not None
    return await picker.discover(context_of(files))


async def explained(files: dict[str, object]) -> str:
    reports: list[str] = []
    told = await PROVIDER.actions[0].run(context_of(files), reports.append)
    assert reports == ["Looking for JetBrains IDEs…"]
    return told


async def test_the_picker_lists_ides_that_have_no_quota_file_yet() -> None:
    found = await choices_of({f"{BASE}/WebStorm2025.1": {"dir": True}, f"{BASE}/PyCharm2024.9": {"dir": True}})
    assert found == (
        Choice("", "Auto-detect"),
        Choice(f"{BASE}/PyCharm2024.9", "PyCharm 2024.9"),
        Choice(f"{BASE}/WebStorm2025.1", "WebStorm 2025.1"),
    )


async def test_the_picker_shows_what_auto_detect_leads_to() -> None:
    found = await choices_of(
        {
            f"{BASE}/PyCharm2025.2": {"dir": True},
            f"{BASE}/PyCharm2024.10/{QUOTA}": {"text": "", "modified_at": "2029-12-01T00:00:00Z"},
            f"{BASE}/PyCharm2024.9/{QUOTA}": {"text": "", "modified_at": "2029-12-02T00:00:00Z"},
        }
    )
    assert [choice.label for choice in found] == [
        "Auto-detect (PyCharm 2024.9)",
        "PyCharm 2025.2",
        "PyCharm 2024.10",
        "PyCharm 2024.9",
    ]


async def test_without_an_ide_there_is_nothing_to_pick() -> None:
    assert await choices_of({f"{BASE}/Toolbox": {"dir": True}, f"{BASE}/GoLand2025.1": "a file"}) == ()


def test_picker_and_path_edit_the_same_key() -> None:
    picker, path = DESCRIPTOR.settings
    assert isinstance(path, TextSetting)
    assert (picker.key if isinstance(picker, ChoiceSetting) else "") == path.key == "ideBasePath"
    assert path.label == "Custom Path"


def test_a_path_that_no_picker_entry_has_is_used_all_the_same() -> None:
    assert context_of({}, {"ideBasePath": "~/own path"}).settings.get("ideBasePath") == "~/own path"
    assert context_of({}, {"ideBasePath": ""}).settings.get("ideBasePath") is None


async def test_the_explanation_lists_what_was_found() -> None:
    told = await explained({f"{BASE}/PyCharm2025.2": {"dir": True}, f"{BASE}/CLion2025.1/{QUOTA}": ""})
    assert told.startswith(
        "Quota found for CLion 2025.1. Found without a quota file: PyCharm 2025.2. Enable AI Assistant"
    )
    assert await explained({f"{BASE}/CLion2025.1/{QUOTA}": ""}) == (
        "Quota found for CLion 2025.1. Nothing else needs to be set up."
    )
    assert (await explained({})).startswith("No JetBrains IDE was detected. Install one first. Enable AI Assistant")
