"""A cookie source that another credential replaces is not on the page, and neither is what depends on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from codexbar_providers.minimax import PROVIDER
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.core.session_view import SessionParts
    from codexbar_qt.ui.setting_field_model import SettingField
    from tests.ui.settings.conftest import World


@pytest.fixture
def first_config() -> str:
    return '{"version": 1, "providers": [{"id": "minimax", "enabled": true, "cookieHeader": "a=test-cookie-1"}]}'


@pytest.fixture
def parts(parts: SessionParts, tmp_path: Path) -> SessionParts:
    place = ConfigLocation(tmp_path / "codexbar" / "config.json")
    registry = Registry((PROVIDER,), (), ())
    return replace(parts, registry=registry, config_file=ConfigFile(place, registry.providers, parts.clock.now))


def fields_of(world: World) -> dict[str, SettingField]:
    world.model.showProvider("minimax")
    page = world.model.shown_page
    assert page is not None
    return {field.key: field for field in page.controls()}


async def test_without_a_token_both_are_shown(world: World) -> None:
    fields = fields_of(world)
    assert [fields[key].shown for key in ("apiKey", "cookieSource", "cookieHeader")] == [True, True, True]


async def test_a_stored_token_hides_both(world: World) -> None:
    fields = fields_of(world)
    await world.session.edit_config(
        lambda raw: cast("list[dict[str, str]]", raw["providers"])[0].update(apiKey="test-1")
    )
    await world.until(lambda: not fields["cookieSource"].shown)
    assert not fields["cookieHeader"].shown
    assert fields["apiKey"].shown


class TestWithVariable:
    @pytest.fixture
    def variables(self) -> dict[str, str]:
        return {"MINIMAX_API_KEY": "test-key-2"}

    async def test_a_token_of_the_environment_hides_both(self, world: World) -> None:
        fields = fields_of(world)
        assert [fields[key].shown for key in ("apiKey", "cookieSource", "cookieHeader")] == [True, False, False]
