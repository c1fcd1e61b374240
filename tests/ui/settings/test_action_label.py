"""A button may have other words once there are accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.core.config_edit import add_account, remove_account
from codexbar_qt.provider_api import Action
from codexbar_qt.ui.action_model import ActionModel
from codexbar_qt.ui.provider_page_model import ProviderPageModel
from codexbar_qt.ui.settings_tasks import SettingsTasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import FetchContext
    from tests.ui.settings.conftest import World


async def _nothing(_: FetchContext, progress: Callable[[str], None]) -> str:
    return "Done."


async def test_the_words_follow_the_accounts(world: World) -> None:
    session, now = world.session, world.session.clock.now()
    tasks = SettingsTasks(session)
    first = ActionModel(session, tasks, "alpha", Action("a", "Sign in", _nothing, label_with_accounts="Add account"))
    plain = ActionModel(session, tasks, "alpha", Action("b", "Explain", _nothing))
    told: list[str] = []
    first.changed.connect(lambda: told.append(first.label))
    plain.changed.connect(lambda: told.append(plain.label))
    assert (first.label, plain.label) == ("Sign in", "Explain")
    made: list[str] = []
    await session.edit_config(lambda root: made.append(add_account(root, "alpha", "work", "test-key-1", now)))
    for model in (first, plain, first):
        model.refresh()
    assert told == ["Add account"]
    await session.edit_config(lambda root: remove_account(root, "alpha", made[0]))
    first.refresh()
    assert told == ["Add account", "Sign in"]
    assert plain.label == "Explain"


async def test_the_page_keeps_them_up_to_date(world: World) -> None:
    session = world.session
    alpha = next(provider for provider in session.providers() if provider.id == "alpha")
    renamed = replace(alpha, actions=(Action("a", "Sign in", _nothing, label_with_accounts="Add account"),))
    page = ProviderPageModel(session, renamed, SettingsTasks(session), world.theme, world.copied.append)
    now = session.clock.now()
    assert [action.label for action in page.actions] == ["Sign in"]

    def add(root: dict[str, object]) -> None:
        add_account(root, "alpha", "work", "test-key-1", now)

    await session.edit_config(add)
    page.update()
    assert [action.label for action in page.actions] == ["Add account"]
    page.close()
