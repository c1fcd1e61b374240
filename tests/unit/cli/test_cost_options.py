"""The options of `cost` and the sources they mean (cli.md 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cli.arguments import parse_arguments
from codexbar_qt.cli.cost_options import CostOptions, choose_sources, none_left, read_cost_options
from codexbar_qt.cli.output import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import FetchContext, Provider, Snapshot


async def never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


@pytest.fixture
def providers(make_provider: Callable[..., Provider]) -> list[Provider]:
    return [
        make_provider("acme", never),
        make_provider("vertexai", never, aliases=("vertex",)),
        make_provider("claude", never, aliases=("anthropic",)),
    ]


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("", CostOptions()),
        ("--days 7 --refresh --provider Codex", CostOptions("Codex", 7, refresh=True)),
        ("--days 0", CostOptions(days=1)),
        ("--days=-5", CostOptions(days=1)),
        ("--days -5", CostOptions(days=1)),
        ("--days 366", CostOptions(days=365)),
        (f"--days {'9' * 5000}", CostOptions(days=365)),
        ("--group-by Project", CostOptions(group_by="project")),
        ("--group-by session --provider-native-only", CostOptions(group_by="session")),
    ],
)
def test_options(line: str, options: CostOptions) -> None:
    assert read_cost_options(parse_arguments(["cost", *line.split()])) == options


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--days", "week"), "--days must be a whole number from 1 to 365."),
        (("--days", "1.5"), "--days must be a whole number from 1 to 365."),
        (("--days", "--5"), "--days needs a value. Write it as --days VALUE or --days=VALUE."),
        (("--days=",), "--days must be a whole number from 1 to 365."),
        (("--days", "٣"), "--days must be a whole number from 1 to 365."),
        (("--group-by", "model"), "--group-by must be project or session."),
        (("--group-by=",), "--group-by must be project or session."),
    ],
)
def test_refusals(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(CommandError) as caught:
        read_cost_options(parse_arguments(["cost", *arguments]))
    assert (caught.value.message, caught.value.kind) == (told, "args")


@pytest.mark.parametrize(
    ("name", "enabled", "found"),
    [
        (None, (), ["codex", "claude"]),
        (None, ("acme", "claude"), ["codex", "claude"]),
        (None, ("vertexai",), ["codex", "claude", "vertexai"]),
        ("both", (), ["codex", "claude"]),
        ("ALL", (), ["codex", "claude", "vertexai"]),
        ("Vertex", (), ["vertexai"]),
        ("vertexai", (), ["vertexai"]),
        ("anthropic", (), ["claude"]),
        (" codex ", (), ["codex"]),
    ],
)
def test_sources(providers: list[Provider], name: str | None, enabled: tuple[str, ...], found: list[str]) -> None:
    choice = choose_sources(CostOptions(name), lambda: providers, lambda: enabled)
    assert ([source.id for source in choice.sources], choice.notes) == (found, ())


@pytest.mark.parametrize("name", ["claude", "Codex", "all", "both"])
def test_names_of_sources_are_known_without_providers_and_config(name: str) -> None:
    def not_asked() -> tuple[()]:
        raise AssertionError

    assert choose_sources(CostOptions(name), not_asked, not_asked).sources


def test_what_has_no_local_cost_is_named(providers: list[Provider]) -> None:
    choice = choose_sources(CostOptions("acme"), lambda: providers, tuple)
    assert (choice.sources, choice.notes) == ((), ("Acme has no local cost and was left out.",))
    error = none_left("", choice.notes)
    assert error.message == "Nothing that was asked for has local cost. Name codex, claude or vertexai with --provider."
    assert (error.kind, error.exit_code, error.notes) == ("args", 1, choice.notes)
    with pytest.raises(CommandError, match=r"^There is no provider nobody\."):
        choose_sources(CostOptions("nobody"), lambda: providers, tuple)


def test_sources_without_sessions_are_not_grouped(providers: list[Provider]) -> None:
    choice = choose_sources(CostOptions("all", group_by="project"), lambda: providers, tuple)
    assert [source.id for source in choice.sources] == ["codex"]
    assert choice.notes == (
        "Claude cannot be told apart by project and was left out.",
        "Vertex AI cannot be told apart by project and was left out.",
    )
    assert none_left("session", ()).message == (
        "Nothing that was asked for can be told apart by session. Name codex with --provider."
    )
